const MOST_BYTES = 500

/**
 * A text as records keep it, in so many bytes of UTF-8. What providers and people write has no bound, and an item of
 * the table has one (400 KB): a record that outgrew it could not even be failed back.
 */
export function brief(text: string, most = MOST_BYTES): string {
  // No UTF-16 unit takes more than three bytes, and the ellipsis takes as many.
  if (text.length * 3 <= most) return text
  let bytes = 0
  let cut = 0
  for (const character of text) {
    bytes += bytesOf(character)
    if (bytes <= most - 3) cut += character.length
    if (bytes > most) return `${text.slice(0, cut)}…`
  }
  return text
}

function bytesOf(character: string): number {
  const point = character.codePointAt(0) ?? 0
  if (point < 0x80) return 1
  if (point < 0x800) return 2
  return point < 0x10000 ? 3 : 4
}
