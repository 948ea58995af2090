import type { IncomingMessage } from 'node:http'

/** What rules look at. */
export interface RoutedRequest {
  readonly host: string
  readonly path: string
  readonly query: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

export function routedRequest(request: IncomingMessage): RoutedRequest {
  const [path = '/', query = ''] = (request.url ?? '/').split(/\?(.*)/s)
  return {
    host: (request.headers.host ?? '').replace(/:\d+$/, ''),
    path,
    query,
    headers: request.headers,
  }
}
