import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { revision } from '../../fixtures/in-process/environment.ts'
import {
  candidateOf,
  createStage,
  expectSound,
  play,
  quiet,
  reaches,
  redrive,
  retriggered,
  type Scene,
  type Stage,
} from './scenes.ts'

/** A person with nothing but the AWS console: the table's items, and the buttons of an execution. */
let stage: Stage

beforeAll(async () => {
  stage = await createStage()
})
afterAll(() => stage.canary.close())

const BY_HAND = 'was stopped from outside (by hand)'

const scene = (ends: Scene['ends'], run: Scene['run']): Scene => ({ name: 'by hand', ends, run })

/** Plays a rollout in which a person does something at 50 %, and looks at what holds after every rollout. */
async function atHalf(act: (name: string) => Promise<void>): Promise<Record<string, unknown>> {
  const half = scene('failed-back', async () => {
    await retriggered(stage)
    await reaches(stage, 50)
    await act(`web-${stage.attempt}`)
  })
  const played = await play(stage, half)
  await expectSound(stage, played, 'by hand')
  return played.record
}

const execution = (wanted: string) =>
  stage.canary.executions().find(({ name }) => name === wanted) ?? expect.fail(`no ${wanted}`)

const letters = () => {
  const { deployed, aws } = stage.canary
  const queue = deployed.queues.find(({ logicalId }) => logicalId.includes('Unhandled'))
  return aws.sqs.queues.get(queue?.arn).messages
}

describe('resetting Triggered in the table', () => {
  it('tries the same revision again at once', async () => {
    const before = await atHalf((name) => stage.canary.stop(name))
    const played = await play(stage, scene('promoted', retriggered))
    await expectSound(stage, played, 'reset')
    expect(played.record).toMatchObject({
      Outcome: 'promoted',
      Revision: before.Revision,
      Timeline: expect.arrayContaining([
        expect.objectContaining({ what: 'claimed', why: 'Triggered was reset in the table' }),
      ]),
    })
  })

  it('while a rollout is active starts the next attempt after it has failed back', async () => {
    const { canary } = stage
    await atHalf(async (name) => {
      await canary.edit('Triggered', false)
      await canary.time.pass(1)
      expect(await canary.state()).toMatchObject({ ActiveRollout: name, Triggered: true })
      await canary.stop(name)
      await canary.outcome(stage.attempt)
      stage.attempt += 1
      await canary.outcome(stage.attempt)
    })
    expect(await canary.state()).toMatchObject({ LastOutcome: 'promoted', Attempt: stage.attempt })
  })
})

describe('stopping the execution', () => {
  it('brings the baseline back, says who did it, and shows the recovery beside it', async () => {
    const { canary } = stage
    canary.metrics.length = 0
    const record = await atHalf((name) => canary.stop(name))
    const name = `web-${stage.attempt}`
    expect(record).toMatchObject({ Outcome: 'failed-back', Reason: `execution ${name} ${BY_HAND}` })
    expect(execution(name).status).toBe('ABORTED')
    expect(execution(`${name}-guard-1`)).toMatchObject({
      status: 'FAILED',
      ending: { error: 'FailedBack', cause: record.Reason },
    })
    // What the alarm GuardUsed looks at.
    expect(canary.metrics.filter((line) => line.Recovering === 1)).not.toEqual([])
  })
})

describe('redriving an execution', () => {
  it('that has failed back fails again, and moves nothing', async () => {
    const record = await atHalf(async () => {
      const slot = await candidateOf(stage)
      stage.canary.healthOf(slot, 'unhealthy')
      await stage.canary.outcome(stage.attempt)
      stage.canary.healthOf(slot, 'healthy')
    })
    const name = `web-${stage.attempt}`
    stage.canary.network.asked.length = 0
    await redrive(stage, name)
    await quiet(stage)
    expect(execution(name)).toMatchObject({
      status: 'FAILED',
      redriveCount: 1,
      ending: { error: 'FailedBack', cause: record.Reason },
    })
    expect(stage.canary.network.asked).not.toContain('ModifyRule')
    expect(await stage.canary.rollout(stage.attempt)).toEqual(record)
  })

  it('right after it was stopped does not outrun the guard: the rollout fails back', async () => {
    const record = await atHalf(async (name) => {
      await stage.canary.stop(name)
      await redrive(stage, name)
    })
    const name = `web-${stage.attempt}`
    expect(record).toMatchObject({ Outcome: 'failed-back', Reason: `execution ${name} ${BY_HAND}` })
    expect(execution(name)).toMatchObject({ status: 'FAILED', redriveCount: 1 })
  })

  it('while a recovery holds the rollout stops without touching the traffic', async () => {
    const { canary } = stage
    const record = await atHalf(async (name) => {
      await canary.stop(name)
      const held = async () => {
        const { Hold } = (await canary.rollout(stage.attempt)) as { Hold: { execution: string } }
        return Hold.execution === `${name}-guard-1`
      }
      await canary.time.until('the recovery holds it', held)
      await redrive(stage, name)
    })
    expect(record).toMatchObject({ Outcome: 'failed-back' })
    expect(execution(`web-${stage.attempt}`).ending.cause).toMatch(
      /left the traffic alone|was stopped from outside/,
    )
  })

  it('of an old rollout leaves the one that is active alone', async () => {
    const old = await atHalf((name) => stage.canary.stop(name))
    const played = await play(
      stage,
      scene('promoted', async () => {
        await retriggered(stage)
        await reaches(stage, 50)
        const weights = await stage.canary.weights()
        await redrive(stage, `web-${old.Attempt}`)
        await stage.canary.time.pass(5)
        expect(execution(`web-${old.Attempt}`).status).toBe('FAILED')
        expect(await stage.canary.weights()).toEqual(weights)
      }),
    )
    await expectSound(stage, played, 'old one redriven')
    expect(played.record.Outcome).toBe('promoted')
    expect(await stage.canary.rollout(Number(old.Attempt))).toEqual(old)
  })

  it('of the last recovery is what brings the baseline back when all were stopped', async () => {
    const { canary } = stage
    await atHalf(async (name) => {
      const stopListening = canary.aws.stepfunctions.onHistory((recovery, event) => {
        if (event.stateEnteredEventDetails?.name === 'Fail Back')
          recovery.stop(undefined, 'by hand')
      })
      await canary.stop(name)
      await canary.time.until('the guard gives up', () => letters().length > 0, 12 * 3_600)
      stopListening()
      expect(letters()).toMatchObject([{ body: expect.stringContaining(`${name}-guard-10`) }])
      expect((await canary.rollout(stage.attempt))?.Outcome).toBeUndefined()
      await redrive(stage, `${name}-guard-10`)
    })
  })

  it('of a rollout that was promoted as it was stopped ends Promoted', async () => {
    const { processes, canary } = stage
    const played = await play(
      stage,
      scene('promoted', async () => {
        processes.atCall(async ({ invocation, operation }, effect) => {
          if (!invocation.fn.endsWith('-promote') || operation !== 'UpdateItem') return
          processes.atCall(undefined)
          await effect()
          await canary.stop(`web-${stage.attempt}`)
          return 'dies'
        })
        await canary.surroundings.deploy(await candidateOf(stage), revision(stage.attempt + 50))
      }),
    )
    await expectSound(stage, played, 'stopped with its promotion on the record')
    expect(played.record.Outcome).toBe('promoted')
    await redrive(stage, `web-${stage.attempt}`)
    await quiet(stage)
    expect(execution(`web-${stage.attempt}`).status).toBe('SUCCEEDED')
    expect(await canary.rollout(stage.attempt)).toEqual(played.record)
  })
})
