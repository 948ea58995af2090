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
    response.writeHead(status, { 'x-slot': 'green' }).end('broken\n')
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
  const { errors, failed, firstBadAt, failures } = count.read()
  expect(errors).toEqual({ green: 1 })
  expect(failed).toBe(2)
  expect(firstBadAt).toBeGreaterThanOrEqual(before)
  const at = `127.0.0.1:${place.port}`
  expect(failures).toEqual([
    expect.objectContaining({
      ...{ count: 1, phase: 'answered', status: 500, code: null, slot: 'green', place: at },
      text: 'broken',
      firstAt: firstBadAt,
    }),
    expect.objectContaining({
      ...{ count: 1, phase: 'waiting', status: null, code: 'ECONNRESET', slot: null, place: at },
      text: 'socket hang up',
    }),
  ])
  count.restart()
  expect(count.read()).toEqual({
    requests: {},
    errors: {},
    failed: 0,
    firstBadAt: undefined,
    failures: [],
  })
})

test('failures of the same kind are counted together, with the times of the first and the last', () => {
  const count = createCount()
  const failure = {
    ...({ phase: 'connecting', status: null, code: 'ECONNREFUSED', slot: null } as const),
    ...{ place: '127.0.0.1:1', text: 'connect ECONNREFUSED 127.0.0.1:1' },
  }
  const reply = { slot: undefined, status: undefined, failure }
  count.add({ ...reply, at: 10 })
  count.add({ ...reply, at: 20 })
  count.add({ ...reply, at: 30, failure: { ...failure, phase: 'reading' } })
  expect(count.read()).toMatchObject({
    failed: 3,
    firstBadAt: 10,
    failures: [
      { ...failure, count: 2, firstAt: 10, lastAt: 20 },
      { phase: 'reading', count: 1, firstAt: 30, lastAt: 30 },
    ],
  })
})

test('nobody there, and a name without an address, are told as that', async () => {
  const dns = await startDnsServer(() => ({ kind: 'no-name' }))
  closing.push(() => dns.close())
  const { place } = await serve(() => 200)
  for (const close of closing.splice(1)) await close()
  const replies: Reply[] = []
  const load = startLoad({
    clients: [
      fixedPlace(place),
      resolvedPlace({ server: dns, name: 'shop.example.com', port: 80, family: 4 }),
    ],
    rate: 200,
    duration: 200,
    host: 'shop.example.com',
    onReply: (reply) => replies.push(reply),
  })
  await load.ended
  expect(
    replies
      .slice(0, 2)
      .map(({ failure }) => failure?.phase)
      .sort(),
  ).toEqual(['connecting', 'resolving'])
  const codes = new Set(replies.map(({ failure }) => failure?.code))
  expect(codes).toEqual(new Set(['ECONNREFUSED', 'ENOTFOUND']))
})

test('a client asks again only when it has its answer: a slow service gets no pile of requests', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
  closing.push(() => vi.useRealTimers())
  const asked: PromiseWithResolvers<never>[] = []
  const client = () => {
    asked.push(Promise.withResolvers())
    return asked.at(-1)?.promise ?? Promise.reject()
  }
  const replies: Reply[] = []
  const load = startLoad({
    clients: [client, client],
    rate: 100,
    duration: 60_000,
    host: 'shop.example.com',
    onReply: (reply) => replies.push(reply),
  })
  vi.advanceTimersByTime(10_000)
  expect(asked).toHaveLength(2)
  asked[0]?.reject(new Error('no address'))
  await vi.waitFor(() => expect(replies).toHaveLength(1))
  vi.advanceTimersByTime(10_000)
  expect(asked).toHaveLength(3)
  const stopped = load.stop()
  for (const { reject } of asked.slice(1)) reject(new Error('no address'))
  await stopped
  expect(replies).toHaveLength(3)
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
