import { beforeEach, expect, test } from 'vitest'
import { RecordError, TransientError, UnknownCanaryError } from '../../../core/errors.ts'
import { type CanaryState, claimed } from '../../../core/model/canary-state.ts'
import { createLocalTable } from '../../fixtures/local-table.ts'
import { someState } from '../../fixtures/records.ts'

const REVISION = 'arn:aws:ecs:us-east-1:123456789012:task-definition/shop:2'
const claim = (seen: CanaryState) => (seen.triggered ? seen : claimed(seen, REVISION))

let local: Awaited<ReturnType<typeof createLocalTable>>
beforeEach(async () => {
  local = await createLocalTable()
})

test('a state is written under readable names and read back as it was', async () => {
  const state = someState({
    triggered: true,
    revision: REVISION,
    attempt: 3,
    activeRollout: 'shop-3',
    execution: 'arn:aws:states:us-east-1:123456789012:execution:canary:shop-3',
    waitingRevision: 'arn:aws:ecs:us-east-1:123456789012:task-definition/shop:4',
    lastRollout: 'shop-2',
    lastOutcome: 'promoted',
  })
  await local.store.createState(state)

  expect(await local.store.readState('shop')).toEqual(state)
  expect(await local.item('shop', 'state')).toEqual({
    Canary: 'shop',
    Record: 'state',
    Triggered: true,
    Revision: state.revision,
    Attempt: 3,
    Live: 'blue',
    CandidateService: 'main/shop-green',
    Services: { blue: 'main/shop-blue', green: 'main/shop-green' },
    ActiveRollout: 'shop-3',
    Execution: state.execution,
    WaitingRevision: state.waitingRevision,
    LastRollout: 'shop-2',
    LastOutcome: 'promoted',
  })
})

test('a canary without a state has none, and amending it is refused', async () => {
  expect(await local.store.readState('shop')).toBeUndefined()
  await expect(local.store.amendState('shop', claim)).rejects.toThrow(UnknownCanaryError)
  await expect(local.store.amendState('shop', claim, someState())).rejects.toThrow(
    'record state of canary shop in table Canaries',
  )
  expect(await local.item('shop', 'state')).toBeUndefined()
})

test('failure 11: creating a state that exists leaves it alone', async () => {
  expect(await local.store.createState(someState({ triggered: true }))).toBe('created')
  expect(await local.store.createState(someState({ triggered: false }))).toBe('exists')
  expect((await local.store.readState('shop'))?.triggered).toBe(true)
})

test('failure 1: of a thousand concurrent claims one is made', async () => {
  await local.store.createState(someState())
  let claims = 0
  const amends = Array.from({ length: 1_000 }, async () => {
    let mine = false
    await local.store.amendState('shop', (seen) => {
      mine = !seen.triggered
      return claim(seen)
    })
    if (mine) claims++
  })
  await Promise.all(amends)

  expect(claims).toBe(1)
  expect(await local.store.readState('shop')).toMatchObject({ triggered: true, attempt: 1 })
})

test('failure 3: a read that fails is an error, not a canary that is not triggered', async () => {
  await local.store.createState(someState({ triggered: true, attempt: 1 }))
  local.network.interrupt('GetItem', { kind: 'unreachable' })
  const changes: CanaryState[] = []

  const amend = local.store.amendState('shop', (seen) => {
    changes.push(seen)
    return claim(seen)
  })

  await expect(amend).rejects.toThrow(TransientError)
  await expect(amend).rejects.toThrow(/DynamoDB GetItem .*record state of canary shop.*ECONNRESET/)
  expect(changes).toEqual([])
})

test('what a previous read saw spares the read, and is tried again where it is stale', async () => {
  await local.store.createState(someState())
  local.network.asked.length = 0
  await local.store.amendState('shop', claim, someState())
  expect(local.network.asked).toEqual(['UpdateItem'])

  local.network.asked.length = 0
  const seen: boolean[] = []
  const after = await local.store.amendState(
    'shop',
    (state) => {
      seen.push(state.triggered)
      return claim(state)
    },
    someState(),
  )
  expect(local.network.asked).toEqual(['UpdateItem', 'GetItem'])
  expect(seen).toEqual([false, true])
  expect(after.attempt).toBe(1)
})

test('a change that changes nothing writes nothing', async () => {
  await local.store.createState(someState())
  local.network.asked.length = 0
  const order = { green: 'main/shop-green', blue: 'main/shop-blue' }
  await local.store.amendState('shop', (seen) => ({ ...seen, services: order }))
  expect(local.network.asked).toEqual(['GetItem'])
})

test('an error of the change passes through and writes nothing', async () => {
  await local.store.createState(someState())
  local.network.asked.length = 0
  const amend = local.store.amendState('shop', () => {
    throw new RangeError('no')
  })
  await expect(amend).rejects.toThrow(RangeError)
  expect(local.network.asked).toEqual(['GetItem'])
})

test.each([
  ['Triggered', false, { triggered: false }],
  ['WaitingRevision', 'other', { waitingRevision: 'other' }],
  [
    'Services',
    { blue: 'main/b', green: 'main/g' },
    { services: { blue: 'main/b', green: 'main/g' } },
  ],
  ['Revision', undefined, { revision: undefined }],
] as const)(
  'a person who sets %s between read and write is seen and survives',
  async (attribute, value, shown) => {
    const before = someState({ triggered: true, revision: REVISION, attempt: 1 })
    await local.store.createState(before)
    local.network.interrupt('UpdateItem', {
      kind: 'preceded',
      by: () => local.edit('shop', 'state', attribute, value),
    })
    const seen: CanaryState[] = []

    await local.store.amendState('shop', (state) => {
      seen.push(state)
      return { ...state, lastRollout: 'shop-1' }
    })

    expect(seen).toHaveLength(2)
    expect({ revision: undefined, ...seen[1] }).toMatchObject(shown)
    expect((await local.item('shop', 'state'))?.[attribute]).toEqual(value)
    expect((await local.item('shop', 'state'))?.LastRollout).toBe('shop-1')
  },
)

test("a person's own attributes survive, and are no conflict", async () => {
  await local.store.createState(someState())
  local.network.interrupt('UpdateItem', {
    kind: 'preceded',
    by: () => local.edit('shop', 'state', 'Note to self', 12345678901234567890n),
  })
  local.network.asked.length = 0

  await local.store.amendState('shop', claim)

  expect(local.network.asked).toEqual(['GetItem', 'UpdateItem'])
  expect(await local.store.readState('shop')).toMatchObject({ attempt: 1 })
  expect(await local.item('shop', 'state')).toHaveProperty('Note to self')
})

test('an attribute that the model drops goes away', async () => {
  await local.store.createState(someState({ activeRollout: 'shop-1', execution: 'x' }))
  await local.store.amendState('shop', ({ activeRollout: _, execution: __, ...rest }) => rest)
  const item = await local.item('shop', 'state')
  expect(item).not.toHaveProperty('ActiveRollout')
  expect(item).not.toHaveProperty('Execution')
})

test('a claim whose answer was lost stands, and the next attempt sees it', async () => {
  await local.store.createState(someState())
  local.network.interrupt('UpdateItem', { kind: 'answer-lost' })

  await expect(local.store.amendState('shop', claim)).rejects.toThrow(TransientError)

  const seen: CanaryState[] = []
  await local.store.amendState('shop', (state) => {
    seen.push(state)
    return claim(state)
  })
  expect(seen).toMatchObject([{ triggered: true, attempt: 1, activeRollout: 'shop-1' }])
})

test('a record that others change before every write is given up for a later retry', async () => {
  await local.store.createState(someState())
  let edits = 0
  const interruption = {
    kind: 'preceded',
    by: () => local.edit('shop', 'state', 'LastRollout', `edit-${++edits}`),
  } as const
  local.network.interrupt('UpdateItem', interruption, 1_000)

  const amend = local.store.amendState('shop', claim)

  await expect(amend).rejects.toThrow(TransientError)
  await expect(amend).rejects.toThrow('changed by others 25 times in a row')
  expect(edits).toBe(25)
  expect((await local.store.readState('shop'))?.triggered).toBe(false)
})

test('a state that a person half emptied is read as meant', async () => {
  await local.store.createState(someState({ triggered: true, activeRollout: 'shop-1' }))
  await local.edit('shop', 'state', 'Triggered', undefined)
  await local.edit('shop', 'state', 'ActiveRollout', '')
  await local.edit('shop', 'state', 'WaitingRevision', null)

  expect(await local.store.readState('shop')).toEqual(someState())
  expect(await local.store.amendState('shop', claim)).toMatchObject({ triggered: true, attempt: 1 })
  expect(await local.item('shop', 'state')).toMatchObject({
    Triggered: true,
    ActiveRollout: 'shop-1',
  })
})

test.each([
  ['Live', 'purple', 'Live is "purple"; use "blue" or "green"'],
  ['Live', undefined, 'Live is missing; use "blue" or "green"'],
  ['Triggered', 'false', 'Triggered is "false"; use a boolean, true or false'],
  ['Attempt', -1, 'Attempt is -1; use a whole number from 0'],
  ['Attempt', 1.5, 'Attempt is 1.5; use a whole number from 0'],
  ['Attempt', '1', 'Attempt is "1"; use a whole number from 0'],
  ['Services', { blue: 'main/shop-blue' }, 'Services is {"blue":"main/shop-blue"}; use a map with'],
  ['LastOutcome', 'won', 'LastOutcome is "won"; use "promoted" or "failed-back"'],
  ['Revision', 7, 'Revision is 7; use a text'],
])('a state with %s %j is refused by name', async (attribute, value, message) => {
  await local.store.createState(someState())
  await local.edit('shop', 'state', attribute, value)

  const read = local.store.readState('shop')

  await expect(read).rejects.toThrow(RecordError)
  await expect(read).rejects.toThrow(`canary shop, record state: ${message}`)
})
