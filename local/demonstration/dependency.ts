import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { seededRandom } from '../seeded-random.ts'

/** What both slots' versions lean on, such as a database: when it fails, both do. */
export interface Dependency {
  readonly url: string
  /** From now on, this share of its answers are errors. */
  fail(share: number): void
  close(): Promise<void>
}

/**
 * By chance, and not evenly: requests take turns between the slots, and errors at even distances could all fall on
 * one of them.
 */
export async function startDependency(seed: number): Promise<Dependency> {
  const random = seededRandom(seed)
  let failing = 0
  const server = createServer((_, response) => {
    response.writeHead(random() < failing ? 500 : 200).end()
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  // It keeps nobody up: whoever opened it may fail before there is anything to close.
  server.unref()
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    fail(share) {
      failing = share
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
