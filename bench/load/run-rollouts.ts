import { STACK_NAME } from '../../infra/stack-name.ts'
import { createLocalAws, type LocalAws } from '../../local/aws.ts'
import { seededRandom } from '../../local/seeded-random.ts'
import type { Route53Options } from '../../local/services/route53/index.ts'
import type { InProcessHandler } from '../../local/wire/request-handler.ts'
import { handlersInProcess } from '../../test/fixtures/in-process/functions.ts'
import { createSimulatedTasks, type SimulatedTask } from '../../test/fixtures/simulated-tasks.ts'
import { eventOf } from '../trigger-path.ts'
import { weightsIn } from './canary-records.ts'
import { CLUSTER, createFleet, type Fleet } from './fleet.ts'
import { overHttp } from './over-http.ts'
import { meterRoute53, totalOf } from './route53-meter.ts'
import { executionsOf, type SeenRollout, seenOf } from './seen-rollout.ts'
import { burstOf } from './task-events.ts'
import { createTimeLimits } from './time-limits.ts'
import { countTrigger, type TriggerInstances } from './trigger-instances.ts'

/** Of the candidates, each so manieth dies when it has got its first traffic. */
const BAD_ONE_IN = 10
/** Milliseconds without an event done with or a rollout's end until the rest is given up. */
const PATIENCE = 120_000
const LOOK = 100
const TOLD_EVERY = 10_000
/** Events published between two turns of the event loop. */
const AT_ONCE = 100
const BURST_TASK = `arn:aws:ecs:us-east-1:123456789012:task/${CLUSTER}/burst-`

export interface LoadSize {
  readonly canaries: number
  readonly events: number
  readonly rollouts: number
  readonly seed: number
  /** Of Route 53; as many requests as come, unless told. */
  readonly quota?: Pick<Route53Options, 'requestsPerSecond' | 'requestBurst'>
}

export interface LoadSeen {
  readonly rollouts: readonly SeenRollout[]
  readonly executions: number
  /** What local AWS could deliver to nobody, and events of the burst that the trigger function never came to deal with. */
  readonly lostEvents: number
  readonly burstSeconds: number
  readonly failedTriggers: number
  readonly seconds: number
  /** Share of the time in which this process, which is AWS and all functions, had something to do. */
  readonly busy: number
  readonly answered: ReadonlyMap<string, number>
  readonly throttled: ReadonlyMap<string, number>
}

/**
 * A burst of events for many canaries, of which some have a new revision: their rollouts run on the deployed workflow, with
 * the real handlers, over HTTP and by the clock on the wall, until all have ended.
 * @param assembly folder of the synthesized template.
 */
export async function runRollouts(assembly: string, size: LoadSize): Promise<LoadSeen> {
  const containers = createSimulatedTasks()
  const bad = new Set<string>()
  const broken = new Map<string, number>()
  const meter = meterRoute53(({ ChangeBatch }) => {
    const name = ChangeBatch?.Changes?.[0]?.ResourceRecordSet?.Name ?? ''
    const canary = name.slice(0, name.indexOf('.'))
    if (broken.has(canary) || !bad.has(canary)) return
    broken.set(canary, Date.now())
    candidateTask(aws, containers.tasks, canary)?.exit(1)
  })
  let network: InProcessHandler | undefined
  const limits = createTimeLimits()
  const trigger = countTrigger(
    limits.loader(
      handlersInProcess(
        () => network ?? aws.requestHandler,
        () => undefined,
        (line) => aws.cloudwatch.logged(line),
      ),
    ),
  )
  const aws = createLocalAws({
    tasks: containers.runner,
    functions: trigger.loader,
    intercept: meter.intercept,
    ecs: { healthPoll: 5_000 },
    route53: { inSyncAfterMs: 1_000, ...size.quota },
    lambdaRetryDelaysMs: [1_000, 2_000],
  })
  try {
    const { url } = await aws.listen()
    network = limits.network(overHttp(url))
    const { tables } = await aws.deploy(assembly, { stack: STACK_NAME })
    const fleet = await createFleet(aws, tables[0]?.name ?? '', {
      canaries: size.canaries,
      rolling: size.rollouts,
    })
    for (const [index, { canary }] of fleet.rolling.entries()) {
      if (index % BAD_ONE_IN === 0) bad.add(canary)
    }
    const baseline = new Map(fleet.rolling.map((one) => [one.canary, weightsIn(aws, one)]))

    const began = performance.now()
    const idle = performance.eventLoopUtilization()
    const secondsSince = () => (performance.now() - began) / 1_000
    const events = await publishBurst(aws, fleet, size)
    let burstSeconds = Number.NaN
    let told = TOLD_EVERY
    let progress = { of: '', at: began }
    while (performance.now() - progress.at < PATIENCE) {
      const left = events - handledOf(trigger)
      if (left === 0 && Number.isNaN(burstSeconds)) burstSeconds = secondsSince()
      const ended = executionsOf(aws).filter(({ status }) => status !== 'RUNNING').length
      if (left <= 0 && ended >= size.rollouts && ended === executionsOf(aws).length) break
      if (progress.of !== `${left} ${ended}`) {
        progress = { of: `${left} ${ended}`, at: performance.now() }
      }
      if (performance.now() - began > told) {
        told += TOLD_EVERY
        console.error(
          `  load, ${Math.round(secondsSince())} s: ${left} events to go, ${ended} of ${size.rollouts} rollouts ended, ${totalOf(meter.throttled)} throttles`,
        )
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK))
    }
    const seconds = secondsSince()
    const busy = performance.eventLoopUtilization(idle).utilization
    return {
      rollouts: await Promise.all(
        fleet.rolling.map((one) =>
          seenOf(aws, fleet, one, {
            bad: bad.has(one.canary),
            brokenAt: broken.get(one.canary),
            baseline: baseline.get(one.canary) ?? [],
          }),
        ),
      ),
      executions: executionsOf(aws).length,
      lostEvents: aws.lost.length + events - handledOf(trigger),
      burstSeconds,
      failedTriggers: trigger.failed(),
      seconds,
      busy,
      answered: meter.answered,
      throttled: meter.throttled,
    }
  } finally {
    network?.destroy()
    await aws.close()
  }
}

/** @returns how many events. */
async function publishBurst(aws: LocalAws, fleet: Fleet, size: LoadSize): Promise<number> {
  const deployments = [...(await fleet.deploy()), ...fleet.atRest]
  const burst = burstOf(
    deployments,
    size.events,
    seededRandom(size.seed),
    ({ service, revision, deployment }, index) => {
      const task = `${BURST_TASK}${index}`
      const event = eventOf({ cluster: CLUSTER, service, task, revision, deployment })
      return { id: `burst-${index}`, task, detail: (event as { detail: object }).detail }
    },
  )
  for (const [index, { id, task, detail }] of burst.entries()) {
    aws.eventbridge.publish({
      source: 'aws.ecs',
      detailType: 'ECS Task State Change',
      resources: [task],
      id,
      detail,
    })
    if (index % AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  return burst.length
}

function handledOf({ handled }: TriggerInstances): number {
  let count = 0
  for (const [task, times] of handled) if (task.startsWith(BURST_TASK)) count += times
  return count
}

function candidateTask(
  { ecs }: LocalAws,
  tasks: readonly SimulatedTask[],
  canary: string,
): SimulatedTask | undefined {
  return tasks.find(
    ({ running, spec }) =>
      running && ecs.state.tasks.get(spec.taskArn)?.service === `${canary}-green`,
  )
}
