import { Resolver } from 'node:dns/promises'
import { afterEach, expect, test } from 'vitest'
import {
  type Answer,
  type DnsServer,
  startDnsServer,
} from '../../../local/data-plane/dns/server.ts'

let server: DnsServer
afterEach(() => server.close())

async function resolverOf(answer: (name: string, type: string) => Answer) {
  server = await startDnsServer(answer)
  const resolver = new Resolver()
  resolver.setServers([`${server.host}:${server.port}`])
  return resolver
}

test('A and AAAA are answered with their TTL, afresh at every question', async () => {
  const turns = ['127.0.0.2', '127.0.0.3']
  const resolver = await resolverOf((name, type) => {
    expect(name).toBe('shop.example.com')
    const address = type === 'A' ? turns.shift() : '::ffff:127.0.0.2'
    return { kind: 'found', ttl: 7, addresses: [address ?? ''] }
  })
  const ask = () => resolver.resolve4('shop.example.com', { ttl: true })
  expect(await ask()).toEqual([{ address: '127.0.0.2', ttl: 7 }])
  expect(await ask()).toEqual([{ address: '127.0.0.3', ttl: 7 }])
  expect(await resolver.resolve6('shop.example.com', { ttl: true })).toEqual([
    { address: '::ffff:127.0.0.2', ttl: 7 },
  ])
})

test.each([
  ['no-name', 'ENOTFOUND'],
  ['no-data', 'ENODATA'],
] as const)('%s is told as %s', async (kind, code) => {
  const resolver = await resolverOf(() => ({ kind }))
  await expect(resolver.resolve4('else.example.com')).rejects.toMatchObject({ code })
})

test('other types are not had', async () => {
  const resolver = await resolverOf(() => ({ kind: 'no-data' }))
  await expect(resolver.resolveMx('shop.example.com')).rejects.toMatchObject({ code: 'ENOTIMP' })
})
