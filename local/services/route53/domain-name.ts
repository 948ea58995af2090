/**
 * A name as Route 53 keeps it: lower case, with its last dot, a star written as `\052`.
 * `WWW.Example.com` and `www.example.com.` are one name.
 */
export const canonical = (name: string): string => {
  const lower = name.toLowerCase().replaceAll('*', '\\052')
  return lower.endsWith('.') ? lower : `${lower}.`
}

const labels = (name: string): string[] => name.replace(/\.$/, '').split('.').reverse()

/** Route 53's order: by labels from the right, so that a name stands before what is below it. */
export const compareNames = (a: string, b: string): number => {
  const [left, right] = [labels(a), labels(b)]
  for (let at = 0; at < Math.min(left.length, right.length); at += 1) {
    const order = compareText(left[at] ?? '', right[at] ?? '')
    if (order !== 0) return order
  }
  return left.length - right.length
}

/** By code units: the order of a locale would be another on another machine. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

export const isWithin = (name: string, zone: string): boolean =>
  name === zone || name.endsWith(`.${zone}`)

/** The wildcards that could stand for a name, the closest first. */
export const wildcardsFor = (name: string, zone: string): string[] => {
  const wildcards: string[] = []
  let rest = name
  while (rest !== zone && rest.includes('.')) {
    rest = rest.slice(rest.indexOf('.') + 1)
    if (isWithin(rest, zone)) wildcards.push(`\\052.${rest}`)
  }
  return wildcards
}
