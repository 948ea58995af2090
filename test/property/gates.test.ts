import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TransientError } from '../../core/errors.ts'
import { mostLooks } from '../../core/model/execution-limits.ts'
import { pausedBy, type Rollout } from '../../core/model/rollout.ts'
import type { SignalKind } from '../../core/model/signal.ts'
import { signal } from '../../core/use-cases/signal.ts'
import { type Drive, newestRollout, startRollout } from '../fixtures/drive.ts'
import { createWorld, definition, targetGroup, type World } from '../fixtures/world.ts'

const WISHES = ['pause', 'resume', 'promote', 'promote-full', 'approve'] as const

type Turn = (typeof WISHES)[number] | 'stop' | 'go' | 'freeze' | 'thaw' | 'unclear' | 'clear'

const turns = fc.array(
  fc.record({
    /** States that the workflow goes through before it. */
    after: fc.integer({ min: 0, max: 12 }),
    turn: fc.constantFrom<Turn>(...WISHES, 'stop', 'go', 'freeze', 'thaw', 'unclear', 'clear'),
  }),
  { maxLength: 14 },
)

const FREEZE = [{ from: '2025-01-01', to: '2027-01-01' }]

const plan = [
  { weight: 10, bake: '1m', approval: true },
  { weight: 50, bake: '1m' },
  { weight: 100, bake: '1m', approval: true },
]

const written = fc.record({
  plan: fc.constantFrom(plan, plan.slice(1), plan.slice(2)),
  testWindow: fc.constantFrom('0s', '2m'),
  approval: fc.record({
    beforePromote: fc.boolean(),
    timeout: fc.constantFrom('5m', '2h'),
    onTimeout: fc.constantFrom('approve', 'fail-back'),
  }),
  holdTimeout: fc.constant('1h'),
})

/** What stood when the router was written, or the promotion was. */
interface Move {
  readonly share: number
  readonly record: Rollout
  readonly held: boolean
}

function watched(world: World): Move[] {
  const moves: Move[] = []
  const set = world.router.set.bind(world.router)
  world.router.set = async (weights) => {
    const { blue, green } = weights
    moves.push({ share: green / (blue + green), record: newestRollout(world), held: isHeld(world) })
    return set(weights)
  }
  return moves
}

/** By what is no signal: a signal may come between the decision and its write, these are read once. */
const isHeld = (world: World) =>
  world.store.line?.stopped === true ||
  JSON.stringify(world.store.definitions.get('web')).includes('2025-01-01')

let wishes = 0

const down = () => new TransientError('no answer')

async function take(world: World, turn: Turn): Promise<void> {
  const { store, targets } = world
  const define = (freeze: unknown) =>
    store.definitions.set('web', { ...(store.definitions.get('web') as object), freeze })
  switch (turn) {
    case 'stop':
      return store.writeLine({ stopped: true })
    case 'go':
      return store.writeLine({ stopped: false })
    case 'freeze':
      return void define(FREEZE)
    case 'thaw':
      return void define([])
    case 'unclear':
      return void world.faults.set('health', [down(), down()])
    case 'clear':
      return void targets.set(targetGroup('green'), ['healthy', 'healthy'])
    default:
      await ask(world, turn)
  }
}

async function ask(world: World, kind: SignalKind): Promise<void> {
  const wish = { canary: 'web', id: `${kind}-${wishes++}`, kind, who: 'ada', why: 'so' }
  await signal(world.ports, wish)
}

async function begun(fields: Record<string, unknown>): Promise<{ world: World; drive: Drive }> {
  const world = createWorld()
  world.store.definitions.set('web', definition(fields))
  return { world, drive: await startRollout(world) }
}

async function go(drive: Drive, states: number): Promise<void> {
  for (let n = 0; n < states && drive.state !== 'Ended'; n++) await drive.step()
}

describe('whatever people and calendars do to a rollout', () => {
  it('pause and what holds all never shift, no step is passed unseen, and it ends', async () => {
    await fc.assert(
      fc.asyncProperty(written, turns, async (fields, happenings) => {
        const { world, drive } = await begun(fields)
        const moves = watched(world)
        for (const { after, turn } of happenings) {
          await go(drive, after)
          // Decided, and not written yet: by now only a pause is looked at once more.
          if (drive.state === 'Shift Traffic' && !WISHES.some((one) => one === turn)) continue
          if (drive.state !== 'Ended') await take(world, turn)
        }
        await take(world, 'go')
        await take(world, 'thaw')
        await drive.until('Ended', 20_000)

        const record = newestRollout(world)
        expect(['promoted', 'failed-back']).toContain(record.outcome)
        expect(record.looks).toBeLessThanOrEqual(mostLooks(definitionOf(record)) + 2)
        let before: Move | undefined
        for (const move of moves) {
          if (move.record.status === 'failing-back') continue
          expect(move.held, 'a freeze or the stopped line').toBe(false)
          expect(pausedBy(move.record), 'a pause').toBeUndefined()
          if (before && before.record.step !== move.record.step)
            expect(passedOf(move.record)).toBe(true)
          expect(approvedAsAsked(move.record), 'an approval').toBe(true)
          before = move
        }
        if (record.outcome === 'promoted') expect(record.progress?.passed).toBeGreaterThan(0)
      }),
      { numRuns: 60 },
    )
  })

  it('failing back is held by nothing', async () => {
    const closing = fc.constantFrom<Turn>('pause', 'stop', 'freeze')
    const trouble = fc.constantFrom('abort', 'a failed check')
    const at = fc.constantFrom('Wait Until Ready', 'Bake', 'Assess', 'Shift Traffic')
    await fc.assert(
      fc.asyncProperty(written, closing, trouble, at, async (fields, turn, what, state) => {
        const { world, drive } = await begun({ ...fields, plan: plan.slice(1) })
        await drive.until(state as 'Bake')
        await take(world, turn)
        // Some looks while it is held.
        await go(drive, 9)
        const moved = newestRollout(world).step > 0
        if (what === 'abort' || !moved) await ask(world, 'abort')
        else world.targets.set(targetGroup('green'), ['unhealthy', 'unhealthy'])
        const asked = world.clock.now()
        await drive.until('Ended')
        expect(newestRollout(world).outcome).toBe('failed-back')
        expect(world.router.weights.green).toBe(0)
        expect(world.clock.now() - asked).toBeLessThan(600_000)
      }),
      { numRuns: 60 },
    )
  })
})

function definitionOf({ definition: parsed }: Rollout) {
  if (!parsed) throw new Error('the rollout has no definition')
  return parsed
}

/** The step before was seen clear at least once: its progress stands until the next is verified. */
function passedOf({ progress }: Rollout): boolean {
  return (progress?.passed ?? 0) > 0
}

/** The step that is shifted to was approved, where it or one that is jumped over asks for it. */
function approvedAsAsked(record: Rollout): boolean {
  const { step, signals } = record
  const before = record.timeline.filter(({ what }) => what === 'shifted').length
  const steps = definitionOf(record).plan
  const from =
    before === 0 ? 0 : steps.findIndex(({ weight }) => weight === lastShifted(record)) + 1
  if (!steps.slice(from, step).some(({ approval }) => approval)) return true
  return Object.values(signals).some((one) => one.kind === 'approve' && one.step === step)
}

function lastShifted({ timeline }: Rollout): number | undefined {
  return timeline.findLast(({ what }) => what === 'shifted')?.weight
}
