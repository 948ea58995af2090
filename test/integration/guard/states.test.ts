import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { without } from '../../../core/model/rollout.ts'
import {
  createStage,
  expectSound,
  play,
  quiet,
  redrive,
  SCENES,
  type Scene,
  type Stage,
} from './scenes.ts'

const WORKFLOW = new URL('../../../statemachine/canary.asl.json', import.meta.url)
const STATES = Object.keys(JSON.parse(readFileSync(WORKFLOW, 'utf8')).States)

let stage: Stage
/** A scene that enters the state. */
const scenes = new Map<string, Scene>()

beforeAll(async () => {
  stage = await createStage()
  for (const scene of SCENES) {
    const stopListening = onEntry((state) => {
      if (!scenes.has(state)) scenes.set(state, scene)
    })
    await play(stage, scene)
    stopListening()
  }
})
afterAll(() => stage.canary.close())

/** Hears of every state that the rollout's own execution enters. */
function onEntry(listener: (state: string) => void): () => void {
  return stage.canary.aws.stepfunctions.onHistory((execution, { stateEnteredEventDetails }) => {
    const { name } = stateEnteredEventDetails ?? {}
    if (name !== undefined && execution.name === `web-${stage.attempt}`) listener(name)
  })
}

describe('an execution that is stopped as it enters', () => {
  it.each(STATES)(
    '%s leaves the baseline or a promotion, says why, and changes nothing when it is redriven',
    async (state) => {
      const scene = scenes.get(state) ?? expect.fail(`no scene enters ${state}: add one that does`)
      let stopped = false
      const stopListening = onEntry((entered) => {
        if (stopped || entered !== state) return
        stopped = true
        stage.execution()?.stop(undefined, 'by hand')
      })
      const played = await play(stage, scene)
      stopListening()
      expect(stopped).toBe(true)
      await expectSound(stage, played, `stopped at ${state} of "${scene.name}"`)

      const recovered = executionNamed(`web-${stage.attempt}-guard-1`) !== undefined
      // Where the rollout had its end before, there is nothing to recover and nothing to tell.
      expect(recovered || played.record.Outcome === scene.ends).toBe(true)
      const why = `execution web-${stage.attempt} was stopped from outside (by hand)`
      const failing = expect.objectContaining({ what: 'failing back', why })
      const told = expect.arrayContaining([failing])
      if (recovered) expect(played.record.Timeline).toEqual(told)
      else expect(played.record.Timeline).not.toEqual(told)

      await expectRedriveToChangeNothing(played.record)
    },
  )
})

/** The rollout is settled: whatever state it stands in, an execution that goes on finds nothing of it left to do. */
async function expectRedriveToChangeNothing(record: Record<string, unknown>): Promise<void> {
  const { canary, attempt } = stage
  const before = { weights: await canary.weights(), state: await stateOf(stage) }
  const told = canary.events.length
  canary.network.asked.length = 0
  await redrive(stage, `web-${attempt}`)
  await quiet(stage)
  expect(canary.network.asked).not.toContain('ModifyRule')
  const { Timeline, ...rest } = (await canary.rollout(attempt)) ?? {}
  expect(without(rest, 'Version')).toEqual(without(record, 'Timeline', 'Version'))
  expect({ weights: await canary.weights(), state: await stateOf(stage) }).toEqual(before)
  // Only what comes after a promotion, and is nobody's traffic, may still be done.
  const after = (Timeline as { what: string }[]).slice((record.Timeline as object[]).length)
  expect(after.map(({ what }) => what)).toEqual(
    expect.not.arrayContaining([expect.not.stringMatching(/^(not )?scaled down$/)]),
  )
  if (after.length === 0) expect(canary.network.asked).not.toContain('UpdateService')
  expect(canary.executions().filter(({ status }) => status === 'RUNNING')).toEqual([])
  const { status, ending } = stage.execution() ?? expect.fail('the execution is gone')
  if (record.Outcome === 'promoted') expect(status).toBe('SUCCEEDED')
  else expect({ status, ...ending }).toMatchObject({ status: 'FAILED', cause: record.Reason })
  const states = canary.events.slice(told).map(({ detail }) => detail as { state?: string })
  expect(states.filter(({ state }) => state === 'shifted' || state === 'started')).toEqual([])
}

/** Of the canary's state, all that decides about traffic and rollouts. */
async function stateOf({ canary }: Stage) {
  const { Triggered, Revision, Attempt, Live, ActiveRollout } = (await canary.state()) ?? {}
  return { Triggered, Revision, Attempt, Live, ActiveRollout }
}

const executionNamed = (wanted: string) =>
  stage.canary.executions().find(({ name }) => name === wanted)
