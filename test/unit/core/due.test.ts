import { describe, expect, it } from 'vitest'
import { asksAll } from '../../../core/analysis/due.ts'
import { TransientError } from '../../../core/errors.ts'
import type { VerdictKind } from '../../../core/model/verdict.ts'
import type { TargetState } from '../../../core/ports.ts'
import { newestRollout, startRollout } from '../../fixtures/drive.ts'
import { lookAt } from '../../fixtures/look.ts'
import { createWorld, definition, targetGroup } from '../../fixtures/world.ts'

const SECOND = 1_000
const seldom = { type: 'targets', interval: '60s' }

describe('a check with an interval of its own', () => {
  it.each([
    [10, false],
    [50, false],
    [55, false],
    // The next look would be 5 s late, and this one is 4 s early.
    [56, true],
    [60, true],
  ])('after %d s of its 60 s, looks being 10 s apart: run %s', async (seconds, runs) => {
    const world = createWorld()
    const first = await lookAt(world, [seldom])
    world.clock.advance(seconds)
    world.calls.length = 0
    const context = { stepStartedAt: world.clock.now() - 300 * SECOND }
    const before = { evidence: first.verdicts, memory: {} }
    const { verdicts } = await lookAt(world, [seldom], { before, context })
    expect(world.calls).toEqual(runs ? ['health'] : [])
    // What stands says how old it is.
    expect(verdicts[0]?.at).toBe(world.clock.now() - (runs ? 0 : seconds * SECOND))
  })

  it('is run anew at each step, after a clock that jumped back, and when all are asked', async () => {
    const world = createWorld()
    const { verdicts: evidence } = await lookAt(world, [seldom])
    const before = { evidence, memory: {} }
    world.clock.advance(10)
    const now = world.clock.now()
    const calls = async (given: Parameters<typeof lookAt>[2]) => {
      world.calls.length = 0
      await lookAt(world, [seldom], { before, ...given })
      return world.calls.length
    }
    expect(await calls({})).toBe(0)
    expect(await calls({ context: { stepStartedAt: now - 5 * SECOND } })).toBe(1)
    expect(await calls({ context: { now: now - 60 * SECOND } })).toBe(1)
    // Right at the step's start is within it, and a verdict of this very moment is not of the future.
    expect(await calls({ context: { stepStartedAt: now - 10 * SECOND } })).toBe(0)
    expect(await calls({ context: { now: now - 10 * SECOND } })).toBe(0)
    expect(await calls({ all: true })).toBe(1)
    // Whoever does not know when it was made has it made anew.
    const timeless = evidence.map(({ at: _at, ...verdict }) => verdict)
    expect(await calls({ before: { evidence: timeless, memory: {} } })).toBe(1)
  })

  it('is asked again at the next look where it had no clear answer', async () => {
    const world = createWorld()
    const health = targetGroup('green')
    const cases: [TargetState[], VerdictKind][] = [
      [['initial', 'healthy'], 'inconclusive'],
      [['unhealthy'], 'fail'],
      [['healthy'], 'pass'],
    ]
    for (const [given, kind] of cases) {
      world.targets.set(health, given)
      const first = await lookAt(world, [seldom])
      expect(first.verdicts[0]?.kind).toBe(kind)
      world.calls.length = 0
      world.clock.advance(10)
      await lookAt(world, [seldom], { before: { evidence: first.verdicts, memory: {} } })
      expect(world.calls).toEqual(kind === 'inconclusive' ? ['health'] : [])
    }
  })

  it('whose provider failed once has failed once, however many looks follow within its interval', async () => {
    const world = createWorld()
    world.store.definitions.set(
      'web',
      definition({ checks: [{ type: 'ecs', interval: '1h' }], maxErrors: 1, maxExtension: '10m' }),
    )
    const drive = await startRollout(world)
    await drive.until('Assess')
    // It errs at the look after the bake, the one at which all checks are asked.
    world.clock.advance(60)
    world.faults.set('describe', [new TransientError('throttled')])
    await drive.step()
    expect(newestRollout(world).reason).toContain('bake extended: ecs could not be answered')
    await drive.until('Ended')
    expect(newestRollout(world).outcome).toBe('promoted')
  })

  it('is run at a look that a signal woke, and not at the others', async () => {
    const world = createWorld()
    world.store.definitions.set(
      'web',
      definition({ checks: [{ type: 'targets', interval: '1h' }] }),
    )
    const drive = await startRollout(world)
    const looked: string[][] = []
    for (const signalled of [false, false, true]) {
      await drive.until('Assess')
      if (signalled) {
        const seen = newestRollout(world)
        const died = { id: 'x', kind: 'task-stopped', who: 'ecs', why: 'died' } as const
        const signal = { ...died, number: 1, step: 1, at: 0 }
        world.store.rollouts.set('web-1', { ...seen, signals: { x: signal } })
      }
      world.calls.length = 0
      await drive.step()
      looked.push(world.calls.filter((call) => call === 'health'))
    }
    expect(looked).toEqual([['health'], [], ['health']])
    expect(newestRollout(world).looks).toBe(3)
  })

  it('keeps its memory while it is not run', async () => {
    const world = createWorld()
    const probe = { type: 'http', url: 'http://green/', interval: '60s' }
    const first = await lookAt(world, [probe])
    world.clock.advance(10)
    const before = { evidence: first.verdicts, memory: first.memory }
    expect((await lookAt(world, [probe], { before })).memory).toEqual({
      http: { kind: 'answered' },
    })
  })
})

describe('all checks are asked', () => {
  const step = { startedAt: 0, bake: 60 }
  const evidence = (at: number) => [
    {
      check: 'c',
      kind: 'pass' as const,
      reason: '',
      numbers: {},
      source: '',
      window: { from: 0, to: at },
      at,
    },
  ]

  it.each<[string, number, number, boolean, boolean]>([
    ['while the step bakes: no', 50, 40, false, false],
    ['when its bake is over, of what was seen before: yes', 60, 40, false, true],
    ['when they were asked after the bake already: no', 80, 70, false, false],
    ['when a signal woke the look: yes', 20, 10, true, true],
  ])('%s', (_, now, at, signalled, all) => {
    expect(asksAll(step, evidence(at * SECOND), now * SECOND, signalled)).toBe(all)
  })

  it('of several, if one was last asked before the bake was over', () => {
    const both = [...evidence(70 * SECOND), ...evidence(40 * SECOND)]
    expect(asksAll(step, both, 80 * SECOND, false)).toBe(true)
    expect(asksAll(step, evidence(60 * SECOND), 80 * SECOND, false)).toBe(false)
  })
})
