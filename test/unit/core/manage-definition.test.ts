import { beforeEach, describe, expect, it } from 'vitest'
import { DefinitionError, RolloutActiveError, UnknownCanaryError } from '../../../core/errors.ts'
import { claimed } from '../../../core/model/canary-state.ts'
import { definitionChanges } from '../../../core/model/definition-changes.ts'
import type { Stacks } from '../../../core/operator-ports.ts'
import {
  applyDefinition,
  deleteDefinition,
  isOrphaned,
  proposeDefinition,
} from '../../../core/use-cases/manage-definition.ts'
import { retrigger } from '../../../core/use-cases/retrigger.ts'
import { createWorld, definition, type World } from '../../fixtures/world.ts'

const STACK = 'arn:aws:cloudformation:us-east-1:123456789012:stack/Shop/1'
const OWNER = `${STACK}/WebDefinition`

let world: World
let standingStacks: string[]
beforeEach(() => {
  world = createWorld()
  standingStacks = []
})

const ports = () => {
  const stacks: Stacks = {
    describe: async (stack) => (standingStacks.includes(stack) ? 'standing' : 'gone'),
  }
  return { ...world.ports, stacks }
}
const owned = () => world.store.owners.set('web', OWNER)
const activate = async () => {
  await retrigger(world.ports, { record: 'definition', canary: 'web' })
  await world.store.amendState('web', (state) => claimed(state, 'web:2'))
}
const propose = (changes: Record<string, unknown> = {}, takeOver = false) =>
  proposeDefinition(ports(), { definition: definition(changes), takeOver })
const apply = async (changes: Record<string, unknown> = {}, takeOver = false) => {
  const request = { definition: definition(changes), takeOver }
  return applyDefinition(ports(), request, await proposeDefinition(ports(), request))
}
const written = () => world.store.definitions.get('web')

describe('proposing a definition', () => {
  it('tells what would change by path, and writes nothing', async () => {
    const before = written()
    const proposal = await propose({ interval: '20s', keepRecords: '30d' })
    expect(proposal).toMatchObject({ canary: 'web', kind: 'changed' })
    expect(proposal.changes).toEqual([
      { kind: 'changed', path: 'interval', before: '10s', after: '20s' },
      { kind: 'added', path: 'keepRecords', after: '30d' },
    ])
    expect(written()).toEqual(before)
    expect(world.store.writes).toBe(0)
  })

  it('tells a canary that is new, and one that stands as it is', async () => {
    expect(await propose()).toMatchObject({ kind: 'unchanged', changes: [] })
    world.store.definitions.clear()
    expect(await propose()).toMatchObject({ kind: 'new', seen: undefined })
  })

  it.each([
    ['that is broken', { interval: 'soon' }, 'interval ("soon")'],
    [
      'whose service is absent',
      { slots: { ...(definition().slots as object), blue: { cluster: 'shop', service: 'gone' } } },
      'slots.blue',
    ],
  ])('refuses one %s, with its path', async (_, changes, text) => {
    await expect(propose(changes)).rejects.toThrow(text)
  })

  it('refuses to move a canary under an active rollout, and lets its pace change', async () => {
    await activate()
    const role = 'arn:aws:iam::123456789012:role/other'
    await expect(propose({ role })).rejects.toThrow(RolloutActiveError)
    expect(await propose({ interval: '20s' })).toMatchObject({ kind: 'changed' })
  })
})

describe('applying a definition', () => {
  it('writes it for nobody, as it was written', async () => {
    expect(await apply({ interval: '20s' })).toMatchObject({ kind: 'written', canary: 'web' })
    expect(written()).toEqual(definition({ interval: '20s' }))
    expect(world.store.owners.has('web')).toBe(false)
  })

  it('writes nothing upon what the person has not seen', async () => {
    const request = { definition: definition({ interval: '20s' }) }
    const proposal = await proposeDefinition(ports(), request)
    world.store.definitions.set('web', definition({ interval: '25s' }))
    await expect(applyDefinition(ports(), request, proposal)).rejects.toThrow(
      'somebody else wrote the definition of web just now; try again',
    )
    expect(written()).toEqual(definition({ interval: '25s' }))
  })

  it('refuses a stack’s definition, and says how it would be taken over', async () => {
    owned()
    await expect(apply({ interval: '20s' })).rejects.toThrow(
      'belongs to WebDefinition of the stack Shop; change it there, or give --take-over if that stack is gone',
    )
  })

  it('takes over from a stack that is gone, and from no other', async () => {
    owned()
    standingStacks = [STACK]
    await expect(apply({ interval: '20s' }, true)).rejects.toThrow('which is still there')
    expect(world.store.owners.get('web')).toBe(OWNER)
    standingStacks = []
    expect(await propose({}, true)).toMatchObject({ kind: 'changed', takenFrom: 'Shop' })
    expect(await apply({ interval: '20s' }, true)).toMatchObject({ kind: 'written' })
    expect(world.store.owners.has('web')).toBe(false)
    expect(await apply({ interval: '30s' })).toMatchObject({ kind: 'written' })
  })

  it('takes nothing over from an owner that is no stack', async () => {
    world.store.owners.set('web', 'somebody')
    await expect(apply({}, true)).rejects.toThrow('is no resource of a stack')
  })

  it('knows a definition whose stack is gone', async () => {
    expect(await isOrphaned({ ...ports(), definitions: world.ports.definitions }, 'web')).toBe(
      undefined,
    )
    owned()
    expect(await isOrphaned(ports(), 'web')).toBe(STACK)
    standingStacks = [STACK]
    expect(await isOrphaned(ports(), 'web')).toBeUndefined()
  })
})

describe('deleting a definition', () => {
  it('removes it, and leaves state and history', async () => {
    await retrigger(world.ports, { record: 'definition', canary: 'web' })
    expect(await deleteDefinition(ports(), { canary: 'web', dryRun: true })).toMatchObject({
      kind: 'allowed',
    })
    expect(written()).toBeDefined()
    expect(await deleteDefinition(ports(), { canary: 'web' })).toMatchObject({ kind: 'removed' })
    expect(written()).toBeUndefined()
    expect(world.store.states.has('web')).toBe(true)
  })

  it('refuses while a rollout is active', async () => {
    await activate()
    await expect(deleteDefinition(ports(), { canary: 'web' })).rejects.toThrow(RolloutActiveError)
    expect(written()).toBeDefined()
  })

  it('refuses what a stack owns, unless it is gone and asked for', async () => {
    owned()
    await expect(deleteDefinition(ports(), { canary: 'web' })).rejects.toThrow(DefinitionError)
    expect(await deleteDefinition(ports(), { canary: 'web', takeOver: true })).toMatchObject({
      kind: 'removed',
    })
  })

  it('refuses a canary that has none', async () => {
    await expect(deleteDefinition(ports(), { canary: 'wob' })).rejects.toThrow(UnknownCanaryError)
  })
})

describe('the difference between two definitions', () => {
  it.each([
    ['nothing', { a: 1, b: [1] }, { b: [1], a: 1 }, []],
    [
      'an entry of a list',
      { plan: [{ weight: 5 }, { weight: 100 }] },
      { plan: [{ weight: 10 }, { weight: 100 }] },
      ['plan.0.weight'],
    ],
    ['a shorter list', { alarms: ['a', 'b'] }, { alarms: ['a'] }, ['alarms.1']],
    ['steps for a name', { plan: 'linear' }, { plan: [{ weight: 100 }] }, ['plan']],
    ['a list for an object', { plan: { step: 1 } }, { plan: [1] }, ['plan']],
    ['null for a text', { a: null }, { a: 'x' }, ['a']],
  ])('is told by path: %s', (_, before, after, paths) => {
    expect(definitionChanges(before, after).map(({ path }) => path)).toEqual(paths)
  })
})
