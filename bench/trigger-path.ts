import { settled } from '../core/model/canary-state.ts'
import type { RunningTask } from '../core/use-cases/trigger.ts'
import { createTriggerHandler } from '../functions/trigger/index.ts'
import { totalOf } from './counted-calls.ts'
import { type Line, type Measurement, median } from './line.ts'
import { CANARY, createScene, type Scene } from './scene.ts'

const START = 'states:StartExecution'

export interface TriggerEvents {
  /** Irrelevant ones, and as many duplicates. */
  readonly idle: number
  /** Real ones, each of which starts an execution. */
  readonly real: number
  /** Real ones before, after which what they run is compiled. */
  readonly warmUp: number
}

const EVENTS: TriggerEvents = { idle: 200, real: 90, warmUp: 60 }
/** Of the last third of the real events, against the first. */
const MOST_GROWTH = 1.5

/** What the trigger function makes of events, from the event to its answer: calls to AWS, and milliseconds in this process. */
export async function measureTriggerPath({
  idle,
  real: realEvents,
  warmUp,
}: TriggerEvents = EVENTS): Promise<Measurement> {
  const scene = await createScene()
  try {
    const handle = createTriggerHandler(scene.ports)
    const invoke = async (task: RunningTask) => {
      scene.takeCalls()
      const before = performance.now()
      await handle(eventOf(task), { awsRequestId: 'bench' } as never)
      const milliseconds = performance.now() - before
      const started = scene.answeredCalls.findIndex(({ operation }) => operation === START)
      const startedAt = scene.answeredCalls[started]?.at ?? Number.NaN
      return {
        calls: totalOf(scene.takeCalls()),
        milliseconds,
        started: { calls: started + 1, milliseconds: startedAt - before },
      }
    }
    const { task } = scene
    for (let event = 0; event < idle; event++) await invoke(task({ service: 'search' }))
    const bare = median(await timesOf(idle, () => bareQuery(scene)))

    const lines: Line[] = []
    const add = (what: string, measured: readonly Cost[], atMost: Partial<Cost>) => {
      const time = median(measured.map(({ milliseconds }) => milliseconds))
      const calls = Math.max(...measured.map((one) => one.calls))
      lines.push(
        { what: `${what}: calls`, measured: calls, unit: 'calls', ...bound(atMost.calls) },
        {
          what: `${what}: p50`,
          measured: time,
          unit: 'ms',
          ...bound(atMost.milliseconds),
          beside: `${(time / bare).toFixed(1)} × one read of the index by itself`,
        },
      )
    }
    const irrelevant = await repeat(idle, () => invoke(task({ service: 'search' })))
    add('irrelevant', irrelevant, { calls: 1, milliseconds: 2 })
    const startOne = async () => {
      await free(scene)
      return invoke(task())
    }
    // The first of all assumes the canary's role.
    const [first] = await repeat(1 + warmUp, startOne)
    const real = await repeat(realEvents, startOne)
    const duplicate = await repeat(idle, () => invoke(task()))
    add('duplicate', duplicate, { calls: 1, milliseconds: 2 })
    const started = real.map((one) => one.started)
    add('real, until the execution is started', started, { calls: 5 })
    add('real, until the trigger has answered', real, {})
    lines.push({
      what: 'real, first of its canary in an hour, until the execution is started: calls',
      measured: first?.started.calls ?? Number.NaN,
      unit: 'calls',
      atMost: 5,
      beside: 'AssumeRole is one of them',
    })
    const third = Math.floor(started.length / 3)
    const p50 = (some: readonly Cost[]) => median(some.map(({ milliseconds }) => milliseconds))
    const [early, late] = [p50(started.slice(0, third)), p50(started.slice(-third))]
    lines.push({
      what: `real, with ${realEvents - third} executions more in its history: p50`,
      measured: late / early,
      unit: '×',
      atMost: MOST_GROWTH,
      beside: `${early.toFixed(1)} ms, then ${late.toFixed(1)} ms`,
    })
    return { name: 'trigger path', lines }
  } finally {
    await scene.close()
  }
}

interface Cost {
  readonly milliseconds: number
  readonly calls: number
}

function bound(atMost: number | undefined): { readonly atMost?: number } {
  return atMost === undefined ? {} : { atMost }
}

async function repeat<Result>(times: number, act: () => Promise<Result>): Promise<Result[]> {
  const results: Result[] = []
  for (let time = 0; time < times; time++) results.push(await act())
  return results
}

async function timesOf(times: number, act: () => Promise<unknown>): Promise<number[]> {
  return repeat(times, async () => {
    const before = performance.now()
    await act()
    return performance.now() - before
  })
}

function bareQuery({ ports }: Scene): Promise<unknown> {
  return ports.store.findByCandidate({ cluster: 'bench', service: 'search' })
}

/** The canary's rollout is over, and its revision may be triggered again. */
async function free({ ports }: Scene): Promise<void> {
  await ports.store.amendState(CANARY, (state) => ({
    ...(state.activeRollout
      ? settled(state, state.activeRollout, { outcome: 'failed-back' })
      : state),
    triggered: false,
  }))
}

/** As ECS sends it. */
export function eventOf({ cluster, service, task, revision, deployment }: RunningTask): object {
  return {
    version: '0',
    id: 'bench',
    'detail-type': 'ECS Task State Change',
    source: 'aws.ecs',
    account: '123456789012',
    time: '2026-01-01T00:00:00Z',
    region: 'us-east-1',
    resources: [task],
    detail: {
      clusterArn: `arn:aws:ecs:us-east-1:123456789012:cluster/${cluster}`,
      taskArn: task,
      taskDefinitionArn: revision,
      lastStatus: 'RUNNING',
      desiredStatus: 'RUNNING',
      group: `service:${service}`,
      startedBy: deployment,
      containers: [],
    },
  }
}
