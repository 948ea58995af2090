import { createHash } from 'node:crypto'

/** For services that take shorter names than most: the beginning, and a hash that tells it apart. */
export function shortName(name: string, longest: number): string {
  if (name.length <= longest) return name
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 10)
  return `${name.slice(0, longest - 11).replace(/-+$/, '')}-${hash}`
}
