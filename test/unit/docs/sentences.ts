/**
 * The sentences that a source file can say: its texts with a space in them, with `…` where a value goes. Comments and
 * what stands inside of a template's `${}` are left out, but for texts of their own.
 */
export function sentencesIn(source: string): string[] {
  const found: string[] = []
  let at = 0

  function code(until: (char: string) => boolean): void {
    let depth = 0
    while (at < source.length) {
      const char = source.charAt(at)
      if (depth === 0 && until(char)) return
      if (source.startsWith('//', at)) at = end('\n')
      else if (source.startsWith('/*', at)) at = end('*/') + 1
      else if (char === "'" || char === '"') quoted(char)
      else if (char === '`') template()
      else if (char === '{') depth++
      else if (char === '}') depth--
      at++
    }
  }

  function end(mark: string): number {
    const place = source.indexOf(mark, at)
    return place < 0 ? source.length : place
  }

  function quoted(quote: string): void {
    const start = ++at
    for (; source.charAt(at) !== quote; at++) if (source.charAt(at) === '\\') at++
    keep(source.slice(start, at))
  }

  function template(): void {
    let text = ''
    for (at++; source.charAt(at) !== '`'; at++) {
      if (!source.startsWith('${', at)) {
        text += source.charAt(at)
        continue
      }
      text += '…'
      at += 2
      code((char) => char === '}')
    }
    keep(text)
  }

  function keep(text: string): void {
    // A single word is no sentence; nor is what only puts others together.
    if (text.includes(' ') && /[a-z]{3}/i.test(text)) found.push(text)
  }

  code(() => false)
  return found
}
