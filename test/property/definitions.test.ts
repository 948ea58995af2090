import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SluiceError } from '../../core/errors.ts'
import { claimed, settled } from '../../core/model/canary-state.ts'
import { define } from '../../core/use-cases/define.ts'
import { retrigger } from '../../core/use-cases/retrigger.ts'
import { createWorld, definition, service, type World } from '../fixtures/world.ts'

const OWNERS = ['stack/Web', 'stack/Other'] as const
const ROLES = [undefined, 'one', 'two'].map(
  (name) => name && `arn:aws:iam::123456789012:role/sluice/canary/${name}`,
)

const writing = fc.record({
  kind: fc.constant('write' as const),
  owner: fc.constantFrom(...OWNERS),
  role: fc.constantFrom(...ROLES),
  // Now and then one that does not parse.
  interval: fc.constantFrom('10s', '20s', 'soon'),
})
const removing = fc.record({
  kind: fc.constant('remove' as const),
  owner: fc.constantFrom(...OWNERS),
})
const other = fc.record({
  kind: fc.constantFrom('claim' as const, 'end' as const, 'lose a service' as const),
})
const action = fc.oneof(writing, removing, other)
type Action = typeof action extends fc.Arbitrary<infer Value> ? Value : never

/** Does what is to be done between a look at the table and a write. */
function meanwhile(world: World, rival: Action | undefined): void {
  world.store.beforeWrite = async () => {
    world.store.beforeWrite = () => {}
    if (rival && rival.kind !== 'write' && rival.kind !== 'remove') others(world, rival.kind)
  }
}

function others(world: World, kind: 'claim' | 'end' | 'lose a service'): void {
  const state = world.store.states.get('web')
  if (!state) throw new Error('the canary has no state')
  if (kind === 'claim' && !state.activeRollout)
    world.store.states.set('web', claimed(state, 'web:2'))
  if (kind === 'end' && state.activeRollout) {
    world.store.states.set('web', settled(state, state.activeRollout, { outcome: 'failed-back' }))
  }
  if (kind === 'lose a service') {
    if (!world.services.delete('shop/web-blue')) {
      world.services.set('shop/web-blue', service('web-blue', 'web:1'))
    }
  }
}

describe('whatever stacks ask of definitions, in whatever order, with rollouts in between', () => {
  it('never touches a state, nor another owner’s definition, nor what an active rollout stands on', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(action, fc.option(other, { nil: undefined })), { maxLength: 30 }),
        async (actions) => {
          const world = createWorld()
          await retrigger(world.ports, { record: 'definition', canary: 'web' })
          for (const [asked, rival] of actions) {
            if (asked.kind !== 'write' && asked.kind !== 'remove') {
              others(world, asked.kind)
              continue
            }
            const before = {
              definition: world.store.definitions.get('web'),
              owner: world.store.owners.get('web'),
              state: world.store.states.get('web'),
            }
            meanwhile(world, rival)
            let rivalled = before.state
            const write = world.store.beforeWrite
            world.store.beforeWrite = async () => {
              await write()
              rivalled = world.store.states.get('web')
            }
            const { owner } = asked
            const written =
              asked.kind === 'write'
                ? definition({
                    interval: asked.interval,
                    ...(asked.role ? { role: asked.role } : {}),
                  })
                : undefined
            const refused = await define(
              world.ports,
              written
                ? { kind: 'write', owner, definition: written }
                : { kind: 'remove', owner, canary: 'web' },
            ).then(
              () => false,
              (error: unknown) => {
                if (!(error instanceof SluiceError)) throw error
                return true
              },
            )
            world.store.beforeWrite = () => {}

            const after = world.store.definitions.get('web')
            const changed = JSON.stringify(after) !== JSON.stringify(before.definition)
            // Only the rival changes a state.
            expect(world.store.states.get('web')).toBe(rivalled)
            if (refused) expect(changed).toBe(false)
            if (before.owner !== undefined && before.owner !== owner) expect(changed).toBe(false)
            if (rivalled?.activeRollout !== undefined && before.definition !== undefined) {
              expect(roleOf(after)).toEqual(roleOf(before.definition))
            }
          }
        },
      ),
      { numRuns: 300 },
    )
  })
})

function roleOf(written: unknown): unknown {
  return typeof written === 'object' && written !== null
    ? { role: Reflect.get(written, 'role') }
    : undefined
}
