/**
 * The known name that was most likely meant, if one is near enough: at most a third of its letters another, counted as
 * insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
 */
export function nearest(typed: string, known: readonly string[]): string | undefined {
  let best: { readonly name: string; readonly distance: number } | undefined
  for (const name of known) {
    const whole = distanceOf(typed.toLowerCase(), name.toLowerCase())
    const distance = isPart(typed, name) ? Math.min(1, whole) : whole
    if (distance <= Math.max(1, Math.floor(name.length / 3)) && distance < (best?.distance ?? 99)) {
      best = { name, distance }
    }
  }
  return best?.name
}

/** `check` for `checkout`: who typed a beginning meant the whole. */
function isPart(typed: string, name: string): boolean {
  return typed.length >= 2 && name.toLowerCase().startsWith(typed.toLowerCase())
}

function distanceOf(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let least = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, at(before, j - 2) + 1)
      }
      row.push(least)
    }
    before = last
    last = row
  }
  return at(last, b.length)
}

const at = (row: readonly number[], index: number) => row[index] ?? Number.POSITIVE_INFINITY

/** `; did you mean "web"?`, or which there are, or nothing: the end of a sentence that says what is unknown. */
export function suggestion(typed: string, known: readonly string[]): string {
  const meant = nearest(typed, known)
  if (meant !== undefined) return `; did you mean "${meant}"?`
  if (known.length === 0) return ''
  const some = known.slice(0, 8).join(', ')
  return `; there ${known.length === 1 ? 'is' : 'are'} ${some}${known.length > 8 ? ', …' : ''}`
}
