import { pageOf } from '../../wire/page.ts'
import { AwsError } from '../../wire/service.ts'

const MAX_PAGE = 400

interface Asked {
  readonly Marker?: string | undefined
  readonly PageSize?: number | undefined
}

/** A page as every Describe of ELBv2 gives it. */
export const describePage = <T>(
  all: readonly T[],
  keyOf: (item: T) => string,
  asked: Asked,
): { items: T[]; marker: { NextMarker?: string } } => {
  const size = asked.PageSize ?? MAX_PAGE
  if (!Number.isInteger(size) || size < 1 || size > MAX_PAGE) {
    throw new AwsError(
      'ValidationError',
      `PageSize is ${size}: give an integer from 1 to ${MAX_PAGE}`,
    )
  }
  const page = pageOf(all, keyOf, { marker: asked.Marker, size, badMarker: 'ValidationError' })
  return { items: page.items, marker: page.next === undefined ? {} : { NextMarker: page.next } }
}
