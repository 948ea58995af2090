import * as sdk from '@aws-sdk/client-route-53'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { createRoute53, type Route53Options } from '../../../local/services/route53/index.ts'
import { openTransport, transports } from '../../fixtures/wire-transports.ts'

const record = (
  Name: string,
  SetIdentifier: string,
  Weight: number,
  value: string,
  TTL = 5,
): sdk.ResourceRecordSet => ({
  Name,
  Type: value.includes(':') ? 'AAAA' : 'A',
  SetIdentifier,
  Weight,
  TTL,
  ResourceRecords: [{ Value: value }],
})

const simple = (Name: string, value = '127.0.0.9'): sdk.ResourceRecordSet => ({
  Name,
  Type: 'A',
  TTL: 60,
  ResourceRecords: [{ Value: value }],
})

const change = (
  Action: sdk.ChangeAction,
  ResourceRecordSet: sdk.ResourceRecordSet,
): sdk.Change => ({
  Action,
  ResourceRecordSet,
})

const batchOf = (HostedZoneId: string, ...Changes: sdk.Change[]) =>
  new sdk.ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch: { Changes } })

const namesOf = (output: sdk.ListResourceRecordSetsResponse): string[] =>
  (output.ResourceRecordSets ?? []).map(({ Name, Type, SetIdentifier }) =>
    [Name, Type, SetIdentifier].filter(Boolean).join(' '),
  )

describe.each(transports)('Route 53 %s', (transport) => {
  const route53 = createRoute53()
  let opened: Awaited<ReturnType<typeof openTransport>>
  let client: sdk.Route53Client
  let HostedZoneId = ''
  let changeId = ''

  beforeAll(async () => {
    opened = await openTransport(transport, [route53])
    client = new sdk.Route53Client(opened.config)
  })
  afterAll(() => opened.close())

  /** One a served operation, in the order in which they can be called. */
  const calls: Record<string, () => Promise<void>> = {
    CreateHostedZone: async () => {
      const made = await client.send(
        new sdk.CreateHostedZoneCommand({ Name: 'Example.com', CallerReference: 'one' }),
      )
      HostedZoneId = made.HostedZone?.Id ?? ''
      expect(HostedZoneId).toMatch(/^\/hostedzone\/Z/)
      expect(made.HostedZone?.Name).toBe('example.com.')
      expect(made.Location).toContain(HostedZoneId)
      expect(made.ChangeInfo?.SubmittedAt).toBeInstanceOf(Date)
      await expect(
        client.send(new sdk.CreateHostedZoneCommand({ Name: 'a.com', CallerReference: 'one' })),
      ).rejects.toThrow(sdk.HostedZoneAlreadyExists)
      await expect(
        client.send(new sdk.CreateHostedZoneCommand({ Name: 'a..b', CallerReference: 'two' })),
      ).rejects.toThrow(sdk.InvalidDomainName)
    },
    GetHostedZone: async () => {
      const { HostedZone } = await client.send(new sdk.GetHostedZoneCommand({ Id: HostedZoneId }))
      expect(HostedZone).toMatchObject({ Id: HostedZoneId, ResourceRecordSetCount: 2 })
      await expect(client.send(new sdk.GetHostedZoneCommand({ Id: 'Z9' }))).rejects.toThrow(
        sdk.NoSuchHostedZone,
      )
    },
    ListHostedZones: async () => {
      for (const Name of ['a.org', 'b.org']) {
        await client.send(new sdk.CreateHostedZoneCommand({ Name, CallerReference: Name }))
      }
      const names: (string | undefined)[] = []
      let Marker: string | undefined
      do {
        const page: sdk.ListHostedZonesResponse = await client.send(
          new sdk.ListHostedZonesCommand({ MaxItems: 2, Marker }),
        )
        names.push(...(page.HostedZones ?? []).map(({ Name }) => Name))
        Marker = page.NextMarker
      } while (Marker)
      expect(names).toEqual(['example.com.', 'a.org.', 'b.org.'])
    },
    ListHostedZonesByName: async () => {
      const page = await client.send(
        new sdk.ListHostedZonesByNameCommand({ DNSName: 'example.com', MaxItems: 2 }),
      )
      expect(page.HostedZones?.map(({ Name }) => Name)).toEqual(['example.com.', 'a.org.'])
      expect(page).toMatchObject({ IsTruncated: true, NextDNSName: 'b.org.' })
    },
    ChangeResourceRecordSets: async () => {
      const { ChangeInfo } = await client.send(
        batchOf(
          HostedZoneId,
          change('CREATE', record('shop.example.com', 'blue', 255, '127.0.0.2')),
          change('CREATE', record('shop.example.com', 'green', 0, '127.0.0.3')),
          change('UPSERT', record('shop.example.com', 'blue', 255, '::2')),
        ),
      )
      expect(ChangeInfo?.Status).toBe('PENDING')
      changeId = ChangeInfo?.Id ?? ''
      await expect(
        client.send(batchOf('Z9', change('CREATE', simple('x.example.com')))),
      ).rejects.toThrow(sdk.NoSuchHostedZone)
    },
    GetChange: async () => {
      const { ChangeInfo } = await client.send(new sdk.GetChangeCommand({ Id: changeId }))
      expect(ChangeInfo).toMatchObject({ Id: changeId, Status: 'INSYNC' })
      await expect(client.send(new sdk.GetChangeCommand({ Id: 'C9' }))).rejects.toThrow(
        sdk.NoSuchChange,
      )
    },
    ListResourceRecordSets: async () => {
      const all = await client.send(new sdk.ListResourceRecordSetsCommand({ HostedZoneId }))
      expect(namesOf(all)).toEqual([
        'example.com. NS',
        'example.com. SOA',
        'shop.example.com. A blue',
        'shop.example.com. A green',
        'shop.example.com. AAAA blue',
      ])
      expect(all.ResourceRecordSets?.[3]).toEqual({
        ...record('shop.example.com.', 'green', 0, '127.0.0.3'),
      })
    },
    UpdateHostedZoneComment: async () => {
      const { HostedZone } = await client.send(
        new sdk.UpdateHostedZoneCommentCommand({ Id: HostedZoneId, Comment: 'of the shop' }),
      )
      expect(HostedZone?.Config).toEqual({ PrivateZone: false, Comment: 'of the shop' })
    },
    DeleteHostedZone: async () => {
      const { HostedZone } = await client.send(
        new sdk.CreateHostedZoneCommand({ Name: 'c.org', CallerReference: 'c.org' }),
      )
      const Id = HostedZone?.Id ?? ''
      const drop = () => client.send(new sdk.DeleteHostedZoneCommand({ Id }))
      await client.send(batchOf(Id, change('CREATE', simple('x.c.org'))))
      await expect(drop()).rejects.toThrow(sdk.HostedZoneNotEmpty)
      await client.send(batchOf(Id, change('DELETE', simple('x.c.org'))))
      await drop()
      await expect(drop()).rejects.toThrow(sdk.NoSuchHostedZone)
    },
  }

  test('has a call below for every operation that it serves', () => {
    expect(Object.keys(calls).sort()).toEqual(Object.keys(route53.operations).sort())
  })

  test.each(Object.keys(calls))('%s', async (operation) => {
    await calls[operation]?.()
    expect(opened.called).toContain(`route53:${operation}`)
  })

  test('gives every message of a refused batch', async () => {
    const refused = client.send(
      batchOf(
        HostedZoneId,
        change('CREATE', record('shop.example.com', 'blue', 1, '127.0.0.2')),
        change('DELETE', simple('gone.example.com')),
      ),
    )
    const error = await refused.catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(sdk.InvalidChangeBatch)
    expect((error as sdk.InvalidChangeBatch).messages).toEqual([
      "Tried to create resource record set [name='shop.example.com.', type='A', set identifier='blue'] but it already exists",
      "Tried to delete resource record set [name='gone.example.com.', type='A'] but it was not found",
    ])
    expect((error as Error).message).toContain('but it was not found')
  })
})

const openZone = async (options: Route53Options = {}) => {
  const route53 = createRoute53(options)
  const { config } = await openTransport('in process', [route53])
  const client = new sdk.Route53Client(config)
  const { HostedZone } = await client.send(
    new sdk.CreateHostedZoneCommand({ Name: 'example.com', CallerReference: 'zone' }),
  )
  const zone = HostedZone?.Id ?? ''
  const list = (input: Partial<sdk.ListResourceRecordSetsRequest> = {}) =>
    client.send(new sdk.ListResourceRecordSetsCommand({ HostedZoneId: zone, ...input }))
  return {
    client,
    list,
    route53,
    send: (...changes: sdk.Change[]) => client.send(batchOf(zone, ...changes)),
    zone,
  }
}

describe('a batch of changes', () => {
  const pair = (blue: number, green: number, ttl = 5) => [
    change('UPSERT', record('www.example.com', 'blue', blue, '127.0.0.2', ttl)),
    change('UPSERT', record('www.example.com', 'green', green, '127.0.0.3', ttl)),
  ]

  test.each<[string, sdk.Change[], string]>([
    [
      'a record that stands already',
      [change('CREATE', record('www.example.com', 'blue', 1, '127.0.0.2'))],
      'already exists',
    ],
    [
      'the deletion of what is not there',
      [change('DELETE', simple('no.example.com'))],
      'was not found',
    ],
    [
      'a deletion with other values',
      [change('DELETE', record('www.example.com', 'blue', 7, '127.0.0.2'))],
      'do not match',
    ],
    [
      'a name outside of the zone',
      [change('CREATE', simple('notexample.com'))],
      'not permitted in zone',
    ],
    [
      'a simple record beside weighted ones',
      [change('CREATE', simple('www.example.com'))],
      'both weighted and simple',
    ],
    [
      'a TTL that differs from its siblings',
      [change('UPSERT', record('www.example.com', 'blue', 1, '127.0.0.2', 6))],
      'different TTLs',
    ],
    ['one record written twice', [...pair(1, 2), ...pair(2, 1)], 'invalid set of changes'],
    [
      'an address that is none',
      [change('CREATE', simple('x.example.com', '1.2.3'))],
      "encountered with '1.2.3'",
    ],
    [
      'a CNAME beside other records',
      [change('CREATE', { ...simple('www.example.com', 'a.example.com'), Type: 'CNAME' })],
      'conflicts with other records',
    ],
    ['a weight above 255', pair(256, 0), 'from 0 to 255'],
    ['a weight below 0', pair(-1, 0), 'from 0 to 255'],
    [
      'a weight without an identifier',
      [change('CREATE', { ...simple('x.example.com'), Weight: 1 })],
      'come together',
    ],
    [
      'an identifier without a weight',
      [change('CREATE', { ...simple('x.example.com'), SetIdentifier: 'a' })],
      'come together',
    ],
    [
      'a record with neither values nor alias',
      [change('CREATE', { Name: 'x.example.com', Type: 'A' })],
      'Expected exactly one of',
    ],
    ['a TTL below 0', [change('CREATE', { ...simple('x.example.com'), TTL: -1 })], 'TTL is -1'],
    ['no change at all', [], '1 to 1000 changes'],
    [
      'another routing policy',
      [change('CREATE', { ...simple('x.example.com'), SetIdentifier: 'a', Failover: 'PRIMARY' })],
      'does not support the parameter ChangeBatch.Changes.ResourceRecordSet.Failover',
    ],
    [
      'an unknown type',
      [change('CREATE', { ...simple('x.example.com'), Type: 'SPF' })],
      'records of type SPF',
    ],
  ])('with %s is refused whole', async (_, bad, message) => {
    const { list, send } = await openZone()
    await send(...pair(1, 0))
    const before = await list()
    const good = change('CREATE', simple('good.example.com'))
    await expect(send(...(bad.length > 0 ? [good, ...bad] : bad))).rejects.toThrow(message)
    expect((await list()).ResourceRecordSets).toEqual(before.ResourceRecordSets)
  })

  test('changes both weights of a pair, and their TTL, in one', async () => {
    const { list, send } = await openZone()
    await send(...pair(255, 0))
    await send(...pair(100, 155, 30))
    const { ResourceRecordSets } = await list({ StartRecordName: 'www.example.com' })
    expect(ResourceRecordSets?.map(({ Weight, TTL }) => [Weight, TTL])).toEqual([
      [100, 30],
      [155, 30],
    ])
  })

  test('may delete a record and create it anew', async () => {
    const { list, send } = await openZone()
    await send(change('CREATE', simple('www.example.com', '127.0.0.2')))
    await send(
      change('DELETE', simple('WWW.example.com.', '127.0.0.2')),
      change('CREATE', record('www.example.com', 'blue', 1, '127.0.0.2')),
    )
    expect(namesOf(await list({ StartRecordName: 'www.example.com' }))).toEqual([
      'www.example.com. A blue',
    ])
  })
})

describe('a list of records', () => {
  test('goes by labels from the right and writes a star as \\052', async () => {
    const { list, send } = await openZone()
    const names = [
      'b.example.com',
      '*.example.com',
      'a.b.example.com',
      'c.a.example.com',
      'a.example.com',
    ]
    await send(...names.map((name) => change('CREATE', simple(name))))
    expect(namesOf(await list())).toEqual([
      'example.com. NS',
      'example.com. SOA',
      '\\052.example.com. A',
      'a.example.com. A',
      'c.a.example.com. A',
      'b.example.com. A',
      'a.b.example.com. A',
    ])
  })

  test('comes in pages of any size, each record once', async () => {
    const { list, send } = await openZone()
    const weights = ['a', 'b', 'c'].map((id, at) =>
      record('www.example.com', id, at, `127.0.0.${at + 1}`),
    )
    await send(
      ...weights.map((one) => change('CREATE', one)),
      change('CREATE', record('www.example.com', 'a', 1, '::1')),
      change('CREATE', simple('x.www.example.com')),
    )
    const whole = namesOf(await list())
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 8 }), async (MaxItems) => {
        const seen: string[] = []
        let from: Partial<sdk.ListResourceRecordSetsRequest> | undefined = {}
        while (from) {
          const page: sdk.ListResourceRecordSetsResponse = await list({ MaxItems, ...from })
          seen.push(...namesOf(page))
          from = page.IsTruncated
            ? {
                StartRecordName: page.NextRecordName,
                StartRecordType: page.NextRecordType,
                StartRecordIdentifier: page.NextRecordIdentifier,
              }
            : undefined
        }
        expect(seen).toEqual(whole)
      }),
      { numRuns: 20 },
    )
  })

  test('refuses a start that misses its first part', async () => {
    const { list } = await openZone()
    await expect(list({ StartRecordType: 'A' })).rejects.toThrow('without StartRecordName')
    await expect(list({ StartRecordName: 'a', StartRecordIdentifier: 'b' })).rejects.toThrow(
      'without StartRecordType',
    )
  })
})

describe('a change', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  test('is PENDING for as long as told, then INSYNC', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const { client, send } = await openZone({ inSyncAfterMs: 30_000 })
    const { ChangeInfo } = await send(change('CREATE', simple('x.example.com')))
    const status = async () =>
      (await client.send(new sdk.GetChangeCommand({ Id: ChangeInfo?.Id }))).ChangeInfo?.Status
    vi.setSystemTime(Date.now() + 29_999)
    expect(await status()).toBe('PENDING')
    vi.setSystemTime(Date.now() + 1)
    expect(await status()).toBe('INSYNC')
  })

  test('above the rate of requests is throttled until the rate allows it', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const { list } = await openZone({ requestsPerSecond: 2, requestBurst: 3 })
    await list()
    await list()
    const error = await list().catch((caught: unknown) => caught)
    expect(error).toMatchObject({ name: 'Throttling', $metadata: { httpStatusCode: 400 } })
    vi.setSystemTime(Date.now() + 500)
    await list()
    await expect(list()).rejects.toThrow('Rate exceeded')
  })

  test('of a busy zone answers PriorRequestNotComplete as often as told', async () => {
    const { list, route53, send, zone } = await openZone()
    const create = () => send(change('CREATE', simple('x.example.com')))
    route53.busy(zone, 2)
    await expect(create()).rejects.toThrow(sdk.PriorRequestNotComplete)
    await expect(create()).rejects.toThrow(sdk.PriorRequestNotComplete)
    await create()
    expect(namesOf(await list())).toContain('x.example.com. A')
  })
})

describe('an answer to a name server', () => {
  const alias = (Name: string, SetIdentifier: string, Weight: number, DNSName: string) => ({
    Name,
    Type: 'A' as const,
    SetIdentifier,
    Weight,
    AliasTarget: { DNSName, HostedZoneId: 'Z35SXDOTRQ7X7K', EvaluateTargetHealth: false },
  })

  test.each([
    ['leaves out a record of weight 0', [200, 55, 0], { a: 200, b: 55 }],
    ['gives all alike where all weights are 0', [0, 0, 0], { a: 1, b: 1, c: 1 }],
  ])('%s', async (_, weights, shares) => {
    const { route53, send } = await openZone()
    await send(
      ...['a', 'b', 'c'].map((id, at) =>
        change('CREATE', record('www.example.com', id, weights[at] ?? 0, `127.0.0.${at + 1}`)),
      ),
    )
    const answer = route53.answer('WWW.example.com', 'A')
    expect(answer).toMatchObject({ kind: 'records', ttl: 5 })
    const candidates = answer.kind === 'records' ? answer.candidates : []
    expect(Object.fromEntries(candidates.map((one) => [one.identifier, one.weight]))).toEqual(
      shares,
    )
  })

  test('follows an alias to a load balancer and to a record of the zone', async () => {
    const { route53, send } = await openZone({
      aliasTtlSeconds: 1,
      addressesOf: (name) => (name === 'lb.us-east-1.elb.localhost' ? ['127.0.0.7'] : undefined),
    })
    await send(
      change('CREATE', simple('green.example.com', '127.0.0.8')),
      change('CREATE', alias('www.example.com', 'blue', 9, 'LB.us-east-1.elb.localhost')),
      change('CREATE', alias('www.example.com', 'green', 1, 'green.example.com')),
    )
    expect(route53.answer('www.example.com', 'A')).toMatchObject({
      ttl: 1,
      candidates: [
        { identifier: 'blue', weight: 9, values: ['127.0.0.7'] },
        { identifier: 'green', weight: 1, values: ['127.0.0.8'] },
      ],
    })
  })

  test('serves weight 0 when everything of weight is unhealthy', async () => {
    const { route53, send } = await openZone({ isHealthy: (check) => check !== 'sick' })
    await send(
      change('CREATE', {
        ...record('www.example.com', 'a', 255, '127.0.0.2'),
        HealthCheckId: 'sick',
      }),
      change('CREATE', record('www.example.com', 'b', 0, '127.0.0.3')),
    )
    expect(route53.answer('www.example.com', 'A')).toMatchObject({
      candidates: [{ identifier: 'b', weight: 1 }],
    })
  })

  test('knows wildcards, absent types, absent names and other zones', async () => {
    const { route53, send } = await openZone()
    await send(
      change('CREATE', simple('*.example.com')),
      change('CREATE', { ...simple('c.example.com', 'x.example.com'), Type: 'CNAME' }),
    )
    expect(route53.answer('any.example.com.', 'A')).toMatchObject({ kind: 'records' })
    expect(route53.answer('c.example.com', 'A')).toMatchObject({ kind: 'records', type: 'CNAME' })
    expect(route53.answer('any.example.com', 'AAAA')).toEqual({ kind: 'no-data' })
    expect(route53.answer('notexample.com', 'A')).toEqual({ kind: 'no-zone' })
    expect((await openZone()).route53.answer('x.example.com', 'A')).toEqual({ kind: 'no-name' })
  })
})
