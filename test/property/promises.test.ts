import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TransientError } from '../../core/errors.ts'
import type { TargetState } from '../../core/ports.ts'
import { guard } from '../../core/use-cases/guard.ts'
import { signal } from '../../core/use-cases/signal.ts'
import { trigger } from '../../core/use-cases/trigger.ts'
import { Drive, newestRollout, startRollout } from '../fixtures/drive.ts'
import { createWorld, runningTask, service, targetGroup, type World } from '../fixtures/world.ts'

/** What may happen between two states of the workflow. */
const happenings = {
  nothing: () => {},
  'targets turn unhealthy': (world: World) => health(world, 'unhealthy', 'healthy'),
  'targets turn healthy': (world: World) => health(world, 'healthy', 'healthy'),
  'targets vanish': (world: World) => health(world),
  'ecs is away': (world: World) => fail(world, 'describe', 3),
  'load balancing is away': (world: World) => fail(world, 'health', 3),
  'a weight change is refused': (world: World) =>
    void world.router.faults.push({ kind: 'refused', error: new TransientError('throttled') }),
  'a weight change’s answer is lost': (world: World) =>
    void world.router.faults.push({ kind: 'lost', error: new TransientError('reset') }),
  'a duplicate event comes': async (world: World) =>
    void (await trigger(world.ports, runningTask())),
  'an event of the live slot comes': async (world: World) =>
    void (await trigger(world.ports, runningTask('web:1', 'web-blue'))),
  'a newer revision comes': async (world: World) => {
    world.services.set('shop/web-green', service('web-green', 'web:3'))
    await trigger(world.ports, runningTask('web:3'))
  },
  'somebody aborts': async (world: World) =>
    void (await signal(world.ports, {
      canary: 'web',
      id: 'a',
      kind: 'abort',
      who: 'ada',
      why: 'no',
    })),
} as const

type Happening = keyof typeof happenings

function health(world: World, ...states: TargetState[]): void {
  world.targets.set(targetGroup('green'), states)
}

function fail(world: World, call: string, times: number): void {
  world.faults.set(
    call,
    Array.from({ length: times }, () => new TransientError(`${call} answers 503`)),
  )
}

const schedules = fc.array(
  fc.constantFrom<Happening>(...(Object.keys(happenings) as Happening[]), 'nothing', 'nothing'),
  { maxLength: 40 },
)

/** Runs a rollout with one happening before each state; stops the execution before state `stopAt`, if told. */
async function run(schedule: readonly Happening[], stopAt?: number) {
  const world = createWorld()
  const drives = [await startRollout(world)]
  for (let n = 0; n < 3_000; n++) {
    const drive = drives.at(-1)
    if (!drive || drive.state === 'Ended') return { world, drives }
    if (n === stopAt) {
      const input = world.executions.get('web-1') ?? expect.fail('no execution')
      const { kind } = await guard(world.ports, { execution: 'web-1', status: 'ABORTED', input })
      if (kind === 'ignored') return { world, drives }
      const name = 'web-1-guard-1'
      drives.push(new Drive(world, name, world.executions.get(name) ?? input))
      continue
    }
    await attempt(happenings[schedule[n] ?? 'nothing'], world)
    await drive.step()
  }
  throw new Error('the rollout did not end')
}

/** An event whose handling fails is delivered again by EventBridge; here it just comes to nothing. */
async function attempt(happening: (world: World) => unknown, world: World): Promise<void> {
  try {
    await happening(world)
  } catch (error) {
    if (!(error instanceof TransientError)) throw error
  }
}

describe('whatever happens', () => {
  const stops = fc.option(fc.nat({ max: 40 }), { nil: undefined })

  it('promises 1 and 2: a rollout ends, and its routing is the baseline or everything on the candidate', async () => {
    await fc.assert(
      fc.asyncProperty(schedules, stops, async (schedule, stopAt) => {
        const { world } = await run(schedule, stopAt)
        const { outcome, baseline } = newestRollout(world)
        expect(outcome).toMatch(/^(promoted|failed-back)$/)
        expect(world.router.weights).toEqual(
          outcome === 'promoted' ? { blue: 0, green: 999 } : (baseline ?? { blue: 999, green: 0 }),
        )
        expect(world.store.states.get('web')).not.toHaveProperty('activeRollout')
      }),
      { numRuns: 400 },
    )
  })

  it('promise 3: one execution a claim, and every other one is a recovery', async () => {
    await fc.assert(
      fc.asyncProperty(schedules, stops, async (schedule, stopAt) => {
        const { world } = await run(schedule, stopAt)
        const names = [...world.executions.keys()]
        expect(names.filter((name) => !name.includes('-guard-'))).toHaveLength(
          world.store.rollouts.size,
        )
      }),
      { numRuns: 100 },
    )
  })

  it('promise 6: every write is within bounds and never both zero', async () => {
    await fc.assert(
      fc.asyncProperty(schedules, stops, async (schedule, stopAt) => {
        const { world } = await run(schedule, stopAt)
        for (const { blue, green } of world.router.written) {
          expect(blue + green).toBeGreaterThan(0)
          expect(Math.min(blue, green)).toBeGreaterThanOrEqual(0)
          expect(Math.max(blue, green)).toBeLessThanOrEqual(999)
        }
      }),
      { numRuns: 100 },
    )
  })

  it('promise 8: every verified change of traffic is on the timeline with who caused it', async () => {
    await fc.assert(
      fc.asyncProperty(schedules, stops, async (schedule, stopAt) => {
        const { world } = await run(schedule, stopAt)
        const { timeline, achieved, step } = newestRollout(world)
        const changes = timeline.filter(({ weight }) => weight !== undefined)
        if (step > 0) expect(changes.at(-1)?.weight).toBe(achieved)
        for (const { who, why } of timeline) expect([who, why]).not.toContain('')
      }),
      { numRuns: 100 },
    )
  })
})
