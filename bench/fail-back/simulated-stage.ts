import {
  CloudWatchClient,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch'
import { SLOTS } from '../../core/model/slot.ts'
import { type RouterType, revision } from '../../test/fixtures/in-process/environment.ts'
import { functionNamed } from '../../test/fixtures/in-process/functions.ts'
import { createLocalCanary } from '../../test/fixtures/in-process/local-canary.ts'
import { quietAlarm } from '../../test/fixtures/quiet-alarm.ts'
import { createSlowCalls } from '../slow-calls.ts'
import { ALARM } from './alarm.ts'

/** Milliseconds until a change of Route 53 is INSYNC. */
export const IN_SYNC_AFTER = 20_000
/** Requests of each slot in a second. */
const REQUESTS = 50
const BAD_SHARE = { well: 0, ill: 0.2 }

export interface SimulatedStageOptions {
  /** Folder of a synthesized assembly. */
  readonly template: string
  readonly router: RouterType
  readonly seed: number
  readonly checks: readonly object[]
  /** Seconds between two looks. */
  readonly interval: number
  /** Whether metrics of traffic are needed. */
  readonly traffic: boolean
}

export interface FailedBack {
  /** Milliseconds from the harm to the verified baseline. */
  readonly took: number
  /** Of AWS, by functions. */
  readonly calls: number
}

export type SimulatedStage = Awaited<ReturnType<typeof createSimulatedStage>>

/** A canary on local AWS in this process under a fake clock, in which each call of a function takes its time. */
export async function createSimulatedStage(options: SimulatedStageOptions) {
  const { template, router, interval } = options
  const { processes, random, takeTime, begin, calls } = createSlowCalls(options.seed)
  let ill = false
  const canary = await createLocalCanary({
    template,
    router,
    processes,
    route53: { inSyncAfterMs: IN_SYNC_AFTER },
    definition: {
      plan: [
        { weight: 50, bake: '2h' },
        { weight: 100, bake: '2h' },
      ],
      interval: `${interval}s`,
      checks: options.checks,
    },
    fetch: async () => {
      await takeTime()
      return new Response('', { status: ill ? 500 : 200 })
    },
  })
  const { time, aws } = canary
  const cloudwatch = new CloudWatchClient(canary.person)
  const setAlarm = async (StateValue: 'OK' | 'ALARM') => {
    const state = { AlarmName: ALARM, StateValue, StateReason: 'as asked' }
    await cloudwatch.send(new SetAlarmStateCommand(state))
  }
  await cloudwatch.send(new PutMetricAlarmCommand(quietAlarm(ALARM)))
  await setAlarm('OK')
  const serve = () => {
    for (const slot of SLOTS) {
      const bad = REQUESTS * BAD_SHARE[ill && slot === 'green' ? 'ill' : 'well']
      aws.cloudwatch.record('Shop', 'Requests', { Slot: slot }, REQUESTS)
      if (bad > 0) aws.cloudwatch.record('Shop', 'Errors', { Slot: slot }, bad)
    }
  }
  const traffic = options.traffic ? setInterval(serve, 1_000) : undefined
  begin()
  await canary.define()
  await time.pass(10)
  const baseline = JSON.stringify(await canary.weights())
  let attempt = 0

  return {
    /** The candidate answers badly, probes and metrics alike. */
    fallIll() {
      ill = true
    },
    fireAlarm: () => setAlarm('ALARM'),
    /** The container of the candidate's newest task ends by itself. */
    killTask: async () => canary.containers.tasks.at(-1)?.exit(1),
    /** Somebody aborts; not awaited, as the answer takes time. */
    abort() {
      const signal = canary.deployed.functions.find(({ name }) => functionNamed(name) === 'signal')
      const wish = { canary: 'web', kind: 'abort', who: 'ann', why: 'to measure', id: `${attempt}` }
      void aws.lambda.invoke(signal?.arn ?? '', wish, `abort ${attempt}`)
    },
    /** A new revision bakes at half of the traffic; within the interval after the first look `harm` happens. */
    async failBack(harm: () => unknown): Promise<FailedBack> {
      attempt += 1
      const invoked = processes.invocations.length
      await canary.surroundings.deploy('green', revision(attempt + 1))
      // Not by the record: to read it after each timer costs more than the rollout does.
      await time.until('it bakes', () =>
        processes.invocations.slice(invoked).some(({ fn }) => functionNamed(fn) === 'bake'),
      )
      await time.pass(interval * (1 + random()))
      const { Achieved, Reason } = (await canary.rollout(attempt)) ?? {}
      if (Achieved !== 50) throw new Error(`it has ${Achieved} % before any harm: ${Reason}`)
      const [began, before] = [time.now(), calls()]
      await harm()
      const { Outcome, EndedAt } = await canary.outcome(attempt)
      if (Outcome !== 'failed-back') throw new Error(`with harm, it ended ${Outcome}`)
      const weights = JSON.stringify(await canary.weights())
      if (weights !== baseline) throw new Error(`weights are ${weights}, and were ${baseline}`)
      ill = false
      await setAlarm('OK')
      return { took: Number(EndedAt) - began, calls: calls() - before }
    },
    async close() {
      clearInterval(traffic)
      await canary.close()
    },
  }
}
