import { AwsError } from './service.ts'

export interface Page<T> {
  readonly items: T[]
  /** Where the next page begins; undefined on the last. */
  readonly next: string | undefined
}

/**
 * One page of a list. The marker names the item that comes first, so a page stays right when items before it go.
 * @param keyOf what tells one item from another.
 */
export const pageOf = <T>(
  all: readonly T[],
  keyOf: (item: T) => string,
  { marker, size, badMarker }: { marker: string | undefined; size: number; badMarker: string },
): Page<T> => {
  let start = 0
  if (marker !== undefined) {
    const key = Buffer.from(marker, 'base64url').toString()
    start = all.findIndex((item) => keyOf(item) === key)
    if (start < 0) throw new AwsError(badMarker, `"${marker}" is no marker of a further page`)
  }
  const after = all[start + size]
  return {
    items: all.slice(start, start + size),
    next: after === undefined ? undefined : Buffer.from(keyOf(after)).toString('base64url'),
  }
}
