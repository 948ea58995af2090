import { AwsError } from '../../wire/service.ts'

const MOST = 1000
const DEFAULT = 100

export interface Page<T> {
  readonly items: readonly T[]
  readonly nextToken: string | undefined
}

/** A piece of a list; the token says where the next one begins. @throws {AwsError} */
export function page<T>(
  all: readonly T[],
  { maxResults, nextToken }: { maxResults?: number | undefined; nextToken?: string | undefined },
): Page<T> {
  const from = nextToken === undefined ? 0 : Number(Buffer.from(nextToken, 'base64url').toString())
  if (!Number.isInteger(from) || from < 0) {
    throw new AwsError('InvalidToken', `Invalid Token: '${nextToken}'`)
  }
  // 0 asks for the default, as the API says.
  const size = Math.min(maxResults || DEFAULT, MOST)
  const to = from + size
  return {
    items: all.slice(from, to),
    nextToken: to < all.length ? Buffer.from(String(to)).toString('base64url') : undefined,
  }
}
