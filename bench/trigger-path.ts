import { settled } from '../core/model/canary-state.ts'
import type { RunningTask } from '../core/use-cases/trigger.ts'
import { createTriggerHandler } from '../functions/trigger/index.ts'
import { totalOf } from './counted-calls.ts'
import { type Line, type Measurement, median } from './line.ts'
import { CANARY, createScene, type Scene } from './scene.ts'

const EVENTS = 200
/** Real ones each start an execution. */
const REAL_EVENTS = 30

/** What the trigger function makes of events, from the event to its answer: calls to AWS, and milliseconds in this process. */
export async function measureTriggerPath(): Promise<Measurement> {
  const scene = await createScene()
  try {
    const handle = createTriggerHandler(scene.ports)
    const invoke = async (task: RunningTask) => {
      scene.takeCalls()
      const before = performance.now()
      await handle(eventOf(task), { awsRequestId: 'bench' } as never)
      return { milliseconds: performance.now() - before, calls: totalOf(scene.takeCalls()) }
    }
    const { task } = scene
    const warmUp = () => invoke(task({ service: 'search' }))
    for (let event = 0; event < EVENTS; event++) await warmUp()
    const bare = median(await timesOf(EVENTS, () => bareQuery(scene)))

    const lines: Line[] = []
    const add = (what: string, measured: readonly Invoked[], atMost: Partial<Invoked>) => {
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
    const irrelevant = await repeat(EVENTS, () => invoke(task({ service: 'search' })))
    add('irrelevant', irrelevant, { calls: 1, milliseconds: 2 })
    const real = await repeat(REAL_EVENTS, async () => {
      await free(scene)
      return invoke(task())
    })
    const duplicate = await repeat(EVENTS, () => invoke(task()))
    add('duplicate', duplicate, { calls: 1, milliseconds: 2 })
    // The first of all assumes the canary's role.
    add('real, function warm', real.slice(1), { calls: 5 })
    lines.push({
      what: 'real, first of its canary in an hour: calls until the execution is started',
      measured: (real[0]?.calls ?? 0) - 1,
      unit: 'calls',
      atMost: 5,
      beside: 'AssumeRole is one of them; one more call notes the execution',
    })
    return { name: 'trigger path', lines }
  } finally {
    await scene.close()
  }
}

interface Invoked {
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
