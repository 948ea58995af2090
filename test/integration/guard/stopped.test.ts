import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FUNCTIONS, type FunctionName } from '../../../infra/function-names.ts'
import type { FunctionCall } from '../../fixtures/in-process/function-processes.ts'
import { functionNamed } from '../../fixtures/in-process/functions.ts'
import { type Cut, changes, isOurs, type Place, recordCuts } from './cuts.ts'
import { createStage, expectSound, play, type Stage } from './scenes.ts'

/**
 * The execution is stopped from outside while a function of it is in the middle. Step Functions then waits for nobody,
 * and no Catch is run; the function may die with it or go on, unaware. `guard` has to see to the rest.
 */
let stage: Stage
let cuts: ReadonlyMap<Place, Cut>

beforeAll(async () => {
  stage = await createStage()
  cuts = await recordCuts(stage)
})
afterAll(() => stage.canary.close())

/** A function that is held up still has to end within its own time limit, which is 30 s. */
const LATE_MS = 25_000

interface Stopped {
  readonly execution: string
  /** Settled already: then there is nothing to tell. */
  readonly ended: boolean
}

/** Stops what runs, if anything does: the execution that called the function, or the rollout's. */
async function stopAt({ invocation }: FunctionCall): Promise<Stopped | undefined> {
  const { execution = `web-${stage.attempt}` } = (invocation.payload ?? {}) as {
    execution?: string
  }
  const found = stage.canary.executions().find(({ name }) => name === execution)
  if (found?.status !== 'RUNNING') return undefined
  const ended = (await stage.canary.rollout(stage.attempt))?.Outcome !== undefined
  await stage.canary.stop(execution)
  return { execution, ended }
}

/** Plays the cut's scene; at the first call there, the execution is stopped, and then the function meets its fate. */
async function stopIn({ scene, fn, changed }: Cut, fate: 'dies' | 'goes on late'): Promise<void> {
  const told = `${fn} ${fate} after ${changed.join(', ') || 'nothing'} in "${scene.name}"`
  let reached = false
  let stopped: Stopped | undefined
  stage.processes.atCall(async (call, effect) => {
    const { fn: name, calls } = call.invocation
    if (reached || !isOurs(call.invocation) || functionNamed(name) !== fn) return
    const done = calls.filter(changes)
    if (done.join() !== changed.join() || (done.length > 0 && !changes(call.operation))) return
    reached = true
    if (fate === 'dies' && changed.length > 0) await effect()
    stopped = await stopAt(call)
    if (fate === 'dies') return 'dies'
    await new Promise((resolve) => setTimeout(resolve, LATE_MS))
    return
  })
  const played = await play(stage, scene)
  expect(reached, told).toBe(true)
  if (fate === 'goes on late') await stage.canary.time.pass((2 * LATE_MS) / 1000)
  const record = (await stage.canary.rollout(stage.attempt)) ?? {}
  await expectSound(stage, { ...played, record }, told)
  if (!stopped || stopped.ended) return
  expect(record, told).toMatchObject({
    Outcome: 'failed-back',
    Timeline: expect.arrayContaining([
      expect.objectContaining({
        what: 'failing back',
        why: `execution ${stopped.execution} was stopped from outside (by hand)`,
      }),
    ]),
  })
}

/** One cut for all that have changed the same: a process that dies leaves nothing else behind. */
function changesOf(fn: FunctionName): readonly Cut[] {
  // The first scene that has it: in a later one it may have answered what was left of the scene before.
  const own = [...cuts.values()].filter((cut) => cut.fn === fn).reverse()
  return [...new Map(own.map((cut) => [cut.changed.join(), cut])).values()]
}

describe.each(FUNCTIONS)('an execution that is stopped while %s is in the middle', (fn) => {
  it('leaves the baseline or a promotion, and says why, where the function dies with it', async () => {
    const found = changesOf(fn)
    expect(found.length, `no scene has ${fn} change anything: add one`).toBeGreaterThan(1)
    for (const cut of found) await stopIn(cut, 'dies')
  })

  it('does so as well where the function goes on, and each of its writes comes late', async () => {
    for (const cut of changesOf(fn)) if (cut.changed.length > 0) await stopIn(cut, 'goes on late')
  })
})
