import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { startDnsServer } from '../../../local/data-plane/dns/server.ts'
import { createCount, type Reply } from '../../../local/data-plane/load-generator/count.ts'
import { startLoad } from '../../../local/data-plane/load-generator/generator.ts'
import { fixedPlace, resolvedPlace } from '../../../local/data-plane/load-generator/resolver.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function serve(respond: (call: number) => number | undefined) {
  let call = 0
  let connections = 0
  const server: Server = createServer((request, response) => {
    const status = respond(++call)
    if (status === undefined) return request.socket.destroy()
    response.writeHead(status, { 'x-slot': 'green' }).end()
    return undefined
  })
  server.on('connection', () => {
    connections += 1
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => server.close())
  const { port } = server.address() as AddressInfo
  return { place: { host: '127.0.0.1', port }, connections: () => connections }
}

test('load is sent at its rate, over kept connections, and ends by itself', async () => {
  const { place, connections } = await serve(() => 200)
  const replies: Reply[] = []
  const load = startLoad({
    clients: [fixedPlace(place)],
    rate: 100,
    duration: 500,
    host: 'shop.example.com',
    onReply: (reply) => replies.push(reply),
  })
  await load.ended
  expect(replies.length).toBeGreaterThan(10)
  expect(replies.length).toBeLessThanOrEqual(50)
  expect(connections()).toBeLessThan(replies.length)
  expect(replies.every(({ slot, status }) => slot === 'green' && status === 200)).toBe(true)
})

test('errors and missing answers are counted, the first one with its time', async () => {
  const { place } = await serve((call) => (call === 3 ? undefined : call === 2 ? 500 : 200))
  const count = createCount()
  const before = Date.now()
  const seen = Promise.withResolvers<void>()
  const load = startLoad({
    clients: [fixedPlace(place)],
    rate: 50,
    duration: 60_000,
    host: 'shop.example.com',
    onReply: (reply) => {
      count.add(reply)
      if ((count.read().requests.green ?? 0) >= 4) seen.resolve()
    },
  })
  await seen.promise
  await load.stop()
  const { errors, failed, firstBadAt } = count.read()
  expect(errors).toEqual({ green: 1 })
  expect(failed).toBe(2)
  expect(firstBadAt).toBeGreaterThanOrEqual(before)
  count.restart()
  expect(count.read()).toEqual({ requests: {}, errors: {}, failed: 0, firstBadAt: undefined })
})

test('a client keeps an answer for its TTL and no longer', async () => {
  let asked = 0
  const server = await startDnsServer(() => {
    asked += 1
    return { kind: 'found', ttl: 5, addresses: [`127.0.0.${asked + 1}`] }
  })
  closing.push(() => server.close())
  const now = vi.fn(() => 0)
  const resolve = resolvedPlace({ server, name: 'shop.example.com', port: 80, family: 4, now })
  expect(await resolve()).toEqual({ host: '127.0.0.2', port: 80 })
  now.mockReturnValue(4_999)
  expect(await resolve()).toEqual({ host: '127.0.0.2', port: 80 })
  now.mockReturnValue(5_000)
  expect(await resolve()).toEqual({ host: '127.0.0.3', port: 80 })
})
