import { CloudWatchClient, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch'
import { RedriveExecutionCommand, SFNClient } from '@aws-sdk/client-sfn'
import { expect } from 'vitest'
import type { Slot } from '../../../core/model/slot.ts'
import { revision } from '../../fixtures/in-process/environment.ts'
import {
  createFunctionProcesses,
  type FunctionProcesses,
} from '../../fixtures/in-process/function-processes.ts'
import { functionNamed } from '../../fixtures/in-process/functions.ts'
import { createLocalCanary, type LocalCanary } from '../../fixtures/in-process/local-canary.ts'
import { loseEndings } from '../../fixtures/in-process/lost-endings.ts'

/** A canary on which one rollout after the other is interrupted. */
export interface Stage {
  readonly canary: LocalCanary
  readonly processes: FunctionProcesses
  /** Of the rollout that is under way, or of the last one. */
  attempt: number
  /** How the rollout's own execution stands, by its name. */
  readonly execution: () => ReturnType<LocalCanary['executions']>[number] | undefined
}

/** One rollout from its cause to its end, if nothing interrupts it, as `ends` says. */
export interface Scene {
  readonly name: string
  readonly ends: 'promoted' | 'failed-back'
  readonly run: (stage: Stage) => Promise<void>
}

/** Two steps, and of every kind of call that a function may make of AWS at least one. */
const DEFINITION = {
  plan: [
    { weight: 50, bake: '20s' },
    { weight: 100, bake: '20s' },
  ],
  interval: '20s',
  capacity: { policy: 'scale' },
  checks: [{ type: 'ecs' }, { type: 'targets' }, { type: 'alarms', alarms: ['errors'] }],
  hooks: {
    afterStep: [{ name: 'smoke', function: functionArn('smoke') }],
    afterFailBack: [{ name: 'tell', function: functionArn('tell') }],
  },
}

const ALARM = {
  AlarmName: 'errors',
  Namespace: 'Shop',
  MetricName: 'Errors',
  Statistic: 'Sum',
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 1,
  ComparisonOperator: 'GreaterThanThreshold',
  TreatMissingData: 'notBreaching',
} as const

export async function createStage(): Promise<Stage> {
  const processes = createFunctionProcesses()
  const lambdas = { smoke: () => ({ status: 'pass' }), tell: () => ({ status: 'pass' }) }
  const canary = await createLocalCanary({ processes, lambdas, definition: DEFINITION })
  await new CloudWatchClient(canary.person).send(new PutMetricAlarmCommand(ALARM))
  await canary.define()
  await canary.surroundings.deploy('green', revision(2))
  const ended = await canary.outcome(1)
  expect(ended.Reason).toBeDefined()
  const stage: Stage = {
    canary,
    processes,
    attempt: 1,
    execution: () => canary.executions().find(({ name }) => name === `web-${stage.attempt}`),
  }
  await quiet(stage)
  return stage
}

export const SCENES: readonly Scene[] = [
  { name: 'promoted', ends: 'promoted', run: (stage) => retriggered(stage) },
  {
    name: 'failed back by a check, with capacity to give back',
    ends: 'failed-back',
    async run(stage) {
      const { canary } = stage
      const candidate = await candidateOf(stage)
      await canary.surroundings.scale(candidate, 1)
      await retriggered(stage)
      await reaches(stage, 100)
      canary.healthOf(candidate, 'unhealthy')
      await settled(stage)
      canary.healthOf(candidate, 'healthy')
      await canary.surroundings.scale(candidate, 2)
    },
  },
  {
    name: 'started by a task and aborted by a person',
    ends: 'failed-back',
    async run(stage) {
      const { canary } = stage
      await canary.surroundings.deploy(await candidateOf(stage), revision(stage.attempt + 2))
      await reaches(stage, 50)
      // Nobody waits for it: it is refused, and changes nothing.
      await request(stage, 'approve', {
        canary: 'web',
        kind: 'approve',
        who: 'bob',
        id: `b${stage.attempt}`,
      })
      await abort(stage)
    },
  },
  {
    name: 'stopped by a person',
    ends: 'failed-back',
    async run(stage) {
      await retriggered(stage)
      await reaches(stage, 50)
      if (stage.execution()?.status === 'RUNNING') await stage.canary.stop(`web-${stage.attempt}`)
    },
  },
  {
    name: 'stopped by a person, of which nobody is told',
    ends: 'failed-back',
    async run(stage) {
      const tellAgain = await loseEndings(stage.canary)
      await retriggered(stage)
      await reaches(stage, 50)
      if (stage.execution()?.status === 'RUNNING') await stage.canary.stop(`web-${stage.attempt}`)
      await settled(stage)
      await tellAgain()
    },
  },
  {
    name: 'promoted after so long that its reminder is put anew',
    ends: 'promoted',
    async run(stage) {
      const { canary } = stage
      await canary.define({ plan: [{ weight: 100, bake: '5h' }], interval: '1h' })
      await retriggered(stage)
      await settled(stage)
      await canary.define()
    },
  },
  {
    name: 'held for approvers, of whom one says yes and one says no',
    ends: 'failed-back',
    async run(stage) {
      const { canary } = stage
      const plan = DEFINITION.plan.map((step) => ({ ...step, approval: true }))
      await canary.define({ plan })
      await retriggered(stage)
      await comesTo(stage, 'somebody is asked', ({ Status }) => Status === 'holding')
      await ask(stage, 'approve', 'approve')
      await reaches(stage, 50)
      await comesTo(stage, 'somebody is asked again', ({ Status }) => Status === 'holding')
      await ask(stage, 'approve', 'reject')
      await settled(stage)
      await canary.define()
    },
  },
  {
    name: 'promoted, and the old slot scaled down',
    ends: 'promoted',
    async run(stage) {
      const { canary } = stage
      await canary.define({ scaleDown: { after: '10s', to: 1 } })
      await retriggered(stage)
      await settled(stage)
      await quiet(stage)
      await canary.define()
      await canary.surroundings.scale(await candidateOf(stage), 2)
    },
  },
  {
    name: 'defined anew meanwhile',
    ends: 'promoted',
    async run(stage) {
      await retriggered(stage)
      await reaches(stage, 50)
      const changes = { keepRecords: `${stage.attempt + 1}d` }
      const tell = () => stage.canary.tell('Create', changes)
      await tell().catch(tell)
    },
  },
]

/** Runs a scene to its end; gives the record and what the weights were before. */
export async function play(stage: Stage, scene: Scene) {
  const { canary, processes } = stage
  processes.invocations.length = 0
  processes.coolDown()
  stage.attempt = Number((await canary.state())?.Attempt) + 1
  const before = { weights: await canary.weights(), live: (await canary.state())?.Live }
  await scene.run(stage)
  await settled(stage)
  await quiet(stage)
  const record = (await canary.rollout(stage.attempt)) ?? {}
  return { before, record }
}

/**
 * What holds after every rollout, whatever was done to it: it has an outcome, the traffic is where the outcome says,
 * the record says why, and nothing is left running or was given up.
 */
export async function expectSound(
  { canary, attempt }: Stage,
  { before, record }: Awaited<ReturnType<typeof play>>,
  told: string,
): Promise<void> {
  const state = await canary.state()
  const weights = await canary.weights()
  const { Outcome, Reason, Candidate, Achieved } = record
  const timeline = record.Timeline as readonly { what: string; why: string; who: string }[]
  const last = timeline.findLast(({ what }) => ['promoted', 'failed back'].includes(what))
  const all = `${told}: ${JSON.stringify({ Outcome, Reason, weights, timeline })}`
  expect(state, all).toMatchObject({ LastRollout: `web-${attempt}`, LastOutcome: Outcome })
  expect(Reason, all).toMatch(/\w/)
  if (Outcome === 'promoted') {
    expect([state?.Live, Achieved, last?.what], all).toEqual([Candidate, 100, 'promoted'])
    expect(weights[before.live as Slot], all).toBe(0)
  } else {
    expect([state?.Live, Achieved, last?.what], all).toEqual([before.live, 0, 'failed back'])
    expect(weights, all).toEqual(before.weights)
  }
  expect(last?.why, all).toMatch(/\w/)
  expect(canary.aws.lost, all).toEqual([])
}

export const candidateOf = async ({ canary }: Stage): Promise<Slot> =>
  (await canary.state())?.Live === 'blue' ? 'green' : 'blue'

/** A person resets `Triggered` in the console. */
export async function retriggered({ canary }: Stage): Promise<void> {
  if ((await canary.state())?.Triggered === false) await canary.edit('Triggered', true)
  await canary.time.settle()
  await canary.edit('Triggered', false)
}

export const reaches = (stage: Stage, weight: number) =>
  comesTo(stage, `${weight} %`, ({ Achieved }) => Achieved === weight)

export async function comesTo(
  { canary, attempt }: Stage,
  what: string,
  holds: (record: Record<string, unknown>) => boolean,
): Promise<void> {
  await canary.time.until(`rollout ${attempt}: ${what}, or an end`, async () => {
    const record = (await canary.rollout(attempt)) ?? {}
    return holds(record) || record.Outcome !== undefined
  })
}

export const abort = (stage: Stage) => ask(stage, 'signal', 'abort')

/** A person's wish, by the function that takes it. */
const ask = (stage: Stage, fn: 'signal' | 'approve', kind: string) =>
  request(stage, fn, {
    canary: 'web',
    kind,
    who: 'ada',
    why: 'a bad day',
    id: `${kind}-${stage.attempt}`,
  })

/** As a person calls a function who calls it again where it died. */
async function request({ canary }: Stage, fn: string, payload: object): Promise<void> {
  const found = canary.deployed.functions.find(({ name }) => functionNamed(name) === fn)
  for (let tries = 0; tries < 20; tries++) {
    const call = canary.aws.lambda.invoke(found?.arn ?? '', payload, `by hand ${tries}`)
    const answer = await canary.time.during(`${fn} answers`, call)
    if (answer.kind === 'returned') return
  }
  throw new Error(`${fn} never answered`)
}

export async function settled({ canary, attempt }: Stage): Promise<void> {
  await canary.outcome(attempt, 12 * 3_600)
}

/** A person presses Redrive in the console. */
export async function redrive({ canary }: Stage, name: string): Promise<void> {
  const found = canary.executions().find((execution) => execution.name === name)
  const sfn = new SFNClient(canary.person)
  await sfn.send(new RedriveExecutionCommand({ executionArn: found?.arn }))
}

/** Until nothing runs and nothing waits to be tried again. */
export async function quiet({ canary }: Stage): Promise<void> {
  const running = () => canary.executions().some(({ status }) => status === 'RUNNING')
  await canary.time.until('nothing runs', () => !running() && canary.aws.lambda.pending() === 0)
  await canary.time.pass(1)
}

function functionArn(name: string): string {
  return `arn:aws:lambda:us-east-1:123456789012:function:${name}`
}
