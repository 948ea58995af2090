import { AwsError } from '../../wire/service.ts'

/** One page of a list. The token is the place where the next one begins. */
export function page(
  all: readonly string[],
  {
    maxResults = 100,
    nextToken,
  }: { maxResults?: number | undefined; nextToken?: string | undefined },
): { items: string[]; nextToken?: string } {
  const from = nextToken === undefined ? 0 : Number(nextToken)
  if (!Number.isInteger(from) || from < 0) {
    throw new AwsError('InvalidParameterException', `Invalid nextToken "${nextToken}".`)
  }
  const items = all.slice(from, from + maxResults)
  const next = from + items.length
  return next < all.length ? { items, nextToken: String(next) } : { items }
}
