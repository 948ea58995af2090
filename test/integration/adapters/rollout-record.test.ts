import fc from 'fast-check'
import { beforeEach, expect, test } from 'vitest'
import { HoldLostError, RecordError, TransientError } from '../../../core/errors.ts'
import { parseDefinition } from '../../../core/model/definition.ts'
import { type Rollout, withEntry } from '../../../core/model/rollout.ts'
import { createLocalTable } from '../../fixtures/local-table.ts'
import { someRollout } from '../../fixtures/records.ts'

let local: Awaited<ReturnType<typeof createLocalTable>>
beforeEach(async () => {
  local = await createLocalTable()
})

const create = (change: Partial<Rollout> = {}) =>
  local.store.amendRollout('shop', 1, () => someRollout(change))

test('a rollout that is absent is shown as undefined and created', async () => {
  expect(await local.store.readRollout('shop', 1)).toBeUndefined()
  const seen: unknown[] = []
  await local.store.amendRollout('shop', 1, (before) => {
    seen.push(before)
    return someRollout({ expiresAt: 1_700_000_900 })
  })

  expect(seen).toEqual([undefined])
  expect(await local.store.readRollout('shop', 1)).toEqual(
    someRollout({ expiresAt: 1_700_000_900 }),
  )
  expect(await local.item('shop', 'rollout#1')).toMatchObject({
    Status: 'preparing',
    Candidate: 'green',
    Hold: { execution: 'shop-1' },
    ExpiresAt: 1_700_000_900,
  })
})

test('of many who create a rollout one does, and the others see it', async () => {
  let created = 0
  const amends = Array.from({ length: 20 }, async (_, index) => {
    let mine = false
    await local.store.amendRollout('shop', 1, (seen) => {
      mine = seen === undefined
      return seen ?? someRollout({ reason: `by ${index}` })
    })
    if (mine) created++
  })
  await Promise.all(amends)
  expect(created).toBe(1)
})

test('signals and timeline entries that come at the same time are all kept', async () => {
  await create()
  const ids = Array.from({ length: 12 }, (_, index) => `signal-${index}`)
  const abort = { kind: 'abort', number: 1, step: 0, at: 1, who: 'x', why: 'y' } as const
  await Promise.all(
    ids.map((id) =>
      local.store.amendRollout('shop', 1, (seen = someRollout()) =>
        withEntry(
          {
            ...seen,
            signals: { ...seen.signals, [id]: { ...abort, id } },
          },
          { at: 1, what: id, why: 'y', who: 'x' },
        ),
      ),
    ),
  )
  const after = await local.store.readRollout('shop', 1)
  expect(Object.keys(after?.signals ?? {}).sort()).toEqual([...ids].sort())
  expect(after?.timeline.map((entry) => entry.what).sort()).toEqual([...ids].sort())
})

test('a stale execution loses its write to the one that took the hold', async () => {
  await create()
  local.network.interrupt('UpdateItem', {
    kind: 'preceded',
    by: () => local.edit('shop', 'rollout#1', 'Status', 'failing-back'),
  })
  const renew = local.store.amendRollout('shop', 1, (seen = someRollout()) => {
    if (seen.status !== 'preparing') throw new HoldLostError('somebody else holds it')
    return { ...seen, weight: 50 }
  })
  await expect(renew).rejects.toThrow(HoldLostError)
  expect(await local.store.readRollout('shop', 1)).toMatchObject({ weight: 0 })
})

const countUp = (seen = someRollout()): Rollout => ({ ...seen, looks: seen.looks + 1 })

test('what was read, or written, is not read again where it still stands', async () => {
  const first = await create()
  local.network.asked.length = 0
  const second = await local.store.amendRollout('shop', 1, countUp, first)
  const third = await local.store.amendRollout('shop', 1, countUp, second)
  expect(local.network.asked).toEqual(['UpdateItem', 'UpdateItem'])
  expect(await local.store.readRollout('shop', 1)).toEqual(third)
  expect(third.looks).toBe(first.looks + 2)
})

test.each<[string, (read: Rollout) => Rollout]>([
  ['that somebody has changed since', (read) => read],
  ['of another store', (read) => ({ ...read })],
])('what was read %s is read again', async (_what, known) => {
  await create()
  const read = (await local.store.readRollout('shop', 1)) ?? someRollout()
  await local.edit('shop', 'rollout#1', 'Status', 'failing-back')
  const amended = await local.store.amendRollout('shop', 1, countUp, known(read))
  expect(amended).toMatchObject({ status: 'failing-back', looks: read.looks + 1 })
  expect(await local.store.readRollout('shop', 1)).toEqual(amended)
})

test('that nothing has to be changed is not believed of what was read earlier', async () => {
  await create()
  const read = (await local.store.readRollout('shop', 1)) ?? someRollout()
  await local.edit('shop', 'rollout#1', 'Status', 'failing-back')
  const stopped = (seen = someRollout()): Rollout => {
    if (seen.status === 'failing-back') throw new HoldLostError('it fails back')
    return seen
  }
  const amended = local.store.amendRollout('shop', 1, stopped, read)
  await expect(amended).rejects.toThrow('it fails back')
})

test('a nested value that another invocation changes in between is seen', async () => {
  await create()
  const other = (seen: Rollout | undefined) => ({
    ...(seen ?? someRollout()),
    hold: { execution: 'shop-1-guard-1' },
  })
  local.network.interrupt('UpdateItem', {
    kind: 'preceded',
    by: () => local.store.amendRollout('shop', 1, other),
  })
  const holders: unknown[] = []
  await local.store.amendRollout('shop', 1, (seen = someRollout()) => {
    holders.push(seen.hold.execution)
    return { ...seen, weight: 50 }
  })
  expect(holders).toEqual(['shop-1', 'shop-1-guard-1'])
  expect(await local.store.readRollout('shop', 1)).toMatchObject({
    weight: 50,
    hold: { execution: 'shop-1-guard-1' },
  })
})

test('a rollout that others change before every write is given up for a later retry', async () => {
  await create()
  let edits = 0
  local.network.interrupt(
    'UpdateItem',
    { kind: 'preceded', by: () => local.edit('shop', 'rollout#1', 'Reason', `edit ${++edits}`) },
    1_000,
  )
  const amend = local.store.amendRollout('shop', 1, (seen = someRollout()) => ({
    ...seen,
    weight: 50,
  }))
  await expect(amend).rejects.toThrow(TransientError)
  await expect(amend).rejects.toThrow('rollout#1 of canary shop')
})

test('what is dropped from the record goes away, and nothing is written for no change', async () => {
  await create({ waiting: { token: 't', since: 1, for: 'bake' } })
  await local.store.amendRollout('shop', 1, (seen = someRollout()) => {
    const { waiting: _, ...rest } = seen
    return rest
  })
  expect(await local.item('shop', 'rollout#1')).not.toHaveProperty('Waiting')

  local.network.asked.length = 0
  await local.store.amendRollout('shop', 1, (seen = someRollout()) => ({ ...seen }))
  expect(local.network.asked).toEqual(['GetItem'])
})

test('evidence with numbers beyond the range of DynamoDB is kept to the digit', async () => {
  const numbers = {
    tiny: 1e-200,
    huge: 1.5e300,
    endless: Number.POSITIVE_INFINITY,
    undefinedRatio: Number.NaN,
    fraction: 0.1 + 0.2,
    large: 2 ** 60,
    zero: 0,
  }
  const verdict = {
    check: 'errors',
    kind: 'pass',
    reason: 'fine',
    numbers,
    source: 'CloudWatch',
    window: { from: 1, to: 2 },
  } as const
  await create({ evidence: [verdict] })
  expect((await local.store.readRollout('shop', 1))?.evidence).toEqual([verdict])
})

test('the definition that a rollout runs by is read back as it was parsed', async () => {
  const definition = parseDefinition({
    canary: 'shop',
    slots: {
      blue: { cluster: 'main', service: 'shop-blue' },
      green: { cluster: 'main', service: 'shop-green', setIdentifier: 'the green one' },
    },
    router: { type: 'route53', hostedZone: 'Z0123456789', record: 'shop.example.com' },
    plan: [
      { weight: 12.5, bake: '5m' },
      { weight: 100, bake: '1h30m' },
    ],
    checks: [
      { type: 'metric', name: 'errors', source: { namespace: 'N', metric: 'M' }, above: 0.1 },
    ],
  })
  await create({ definition })
  expect((await local.store.readRollout('shop', 1))?.definition).toEqual(definition)
})

test('any record that the model allows is read back as it was written', async () => {
  const sentence = fc.string({ maxLength: 20 })
  const time = fc.integer({ min: 0, max: 2 ** 45 })
  const weight = fc.integer({ min: 0, max: 1_000 }).map((tenths) => tenths / 10)
  const entry = fc.record({ at: time, what: sentence, why: sentence, who: sentence, weight })
  const changes = fc.record(
    {
      step: fc.integer({ min: 0, max: 100 }),
      weight,
      achieved: weight,
      timeline: fc.array(entry, { maxLength: 5 }),
      baseline: fc.record({ blue: fc.nat(999), green: fc.nat(999) }),
      waiting: fc.record({
        token: sentence,
        since: time,
        for: fc.constantFrom('bake' as const, 'approval' as const),
      }),
      hold: fc.record({ execution: sentence, writingUntil: time }),
      reason: sentence,
      endedAt: time,
      outcome: fc.constantFrom('promoted' as const, 'failed-back' as const),
    },
    { requiredKeys: [] },
  )
  await fc.assert(
    fc.asyncProperty(changes, changes, async (first, second) => {
      const attempt = 7
      for (const change of [first, second]) {
        const written = someRollout({ ...change, attempt })
        await local.store.amendRollout('shop', attempt, () => written)
        expect(await local.store.readRollout('shop', attempt)).toEqual(written)
      }
    }),
    { numRuns: 50 },
  )
})

test.each([
  ['Status', 'dreaming', 'Status is "dreaming"; use "preparing" or'],
  ['Candidate', 'purple', 'Candidate is "purple"; use "blue" or "green"'],
  ['Baseline', { blue: 1 }, 'Baseline is {"blue":1}; use a map with blue and green'],
  ['Timeline', 'none', 'Timeline is "none"; use a list'],
  ['Hold', undefined, 'Hold is missing; use a map'],
])('a rollout with %s %j is refused by name', async (attribute, value, message) => {
  await create()
  await local.edit('shop', 'rollout#1', attribute, value)
  const read = local.store.readRollout('shop', 1)
  await expect(read).rejects.toThrow(RecordError)
  await expect(read).rejects.toThrow(`canary shop, record rollout#1: ${message}`)
})
