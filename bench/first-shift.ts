import { revision } from '../test/fixtures/in-process/environment.ts'
import { createLocalCanary } from '../test/fixtures/in-process/local-canary.ts'
import { type Line, type Measurement, quantile } from './line.ts'
import { createSlowCalls } from './slow-calls.ts'

/** Seconds that the candidate's targets need until they are healthy, from the first task's event on. */
const SLOW_START = { least: 30, most: 120 }
/**
 * Of the wait until ECS calls the service steady. `Wait Until Ready` asks again after a second, and a tenth longer each time:
 * the look that sees it comes a tenth of the wait and a second after it at worst, and two seconds are the calls'.
 */
const MOST_OF_STEADY = 1.1 + 3 / SLOW_START.least
/**
 * Of one task that is ready at once: by trigger, Prepare, Wait Until Ready and Shift about thirty, and by a duplicate of the
 * event and the table's stream, which each see to it that the execution is started.
 */
const MOST_CALLS = 50

interface FirstShift {
  /** Seconds from the event of the candidate's first running task. */
  readonly shift: number
  readonly steady: number
  /** Of AWS, by functions, up to the one that moves the weights. */
  readonly calls: number
}

/** From the event of a new revision's first task to the first traffic for it, in simulated seconds and in calls. */
export async function measureFirstShift(
  template: string,
  runs: number,
  seed: number,
): Promise<Measurement> {
  const { processes, random, begin, calls } = createSlowCalls(seed)
  const canary = await createLocalCanary({
    template,
    processes,
    // Events of several tasks at one moment all try to claim, and all but one find that they are late.
    tasks: 1,
    definition: { plan: [{ weight: 100, bake: '20s' }] },
  })
  try {
    const { network, time, healthOf, events } = canary
    begin()
    await canary.define()
    await time.pass(10)
    let live: 'blue' | 'green' = 'blue'
    const rollOut = async (attempt: number, healthyAfter: number): Promise<FirstShift> => {
      const candidate = live === 'blue' ? 'green' : 'blue'
      let [shift, callsThen] = [Number.NaN, Number.NaN]
      const by = async () => {
        shift = time.now()
        callsThen = calls()
      }
      network.interrupt('ModifyRule', { kind: 'preceded', by })
      if (healthyAfter > 0) healthOf(candidate, 'initial')
      const before = { calls: calls(), events: events.length }
      const told = (what: RegExp) =>
        events.slice(before.events).some((event) => what.test(JSON.stringify(event)))
      const happened = async (what: string, event: RegExp): Promise<number> => {
        await time.until(what, () => told(event))
        return time.now()
      }
      await canary.surroundings.deploy(candidate, revision(attempt + 1))
      const running = await happened('a task runs', TASK_RUNS(candidate))
      if (healthyAfter > 0) setTimeout(() => healthOf(candidate, 'healthy'), healthyAfter * 1_000)
      const steady = await happened('the service is steady', SERVICE_STEADY(candidate))
      const { Outcome, Reason } = await canary.outcome(attempt)
      if (Outcome !== 'promoted') throw new Error(`a rollout was ${Outcome}: ${Reason}`)
      live = candidate
      return {
        shift: (shift - running) / 1_000,
        steady: (steady - running) / 1_000,
        calls: callsThen - before.calls,
      }
    }
    // The first of all finds functions that have never run, which assume the canary's role.
    const first = await rollOut(1, 0)
    const atOnce = await rollOut(2, 0)
    const slow: FirstShift[] = []
    for (let run = 0; run < runs; run++) {
      const { least, most } = SLOW_START
      slow.push(await rollOut(run + 3, least + random() * (most - least)))
    }
    return { name: 'event → first shift', lines: linesOf(first, atOnce, slow) }
  } finally {
    await canary.close()
  }
}

const TASK_RUNS = (slot: string) =>
  new RegExp(`ECS Task State Change.*(service:${slot}".*"RUNNING"|"RUNNING".*service:${slot}")`)
const SERVICE_STEADY = (slot: string) => new RegExp(`service/shop/${slot}".*SERVICE_STEADY_STATE`)

function linesOf(first: FirstShift, atOnce: FirstShift, slow: readonly FirstShift[]): Line[] {
  const ratios = slow.map(({ shift, steady }) => shift / steady)
  const seconds = slow.map(({ shift }) => shift)
  return [
    {
      what: 'ready at once',
      measured: atOnce.shift,
      unit: 's',
      beside: `simulated; ECS calls it steady after ${atOnce.steady.toFixed(1)} s`,
    },
    {
      what: 'ready at once: calls until then',
      measured: atOnce.calls,
      unit: 'calls',
      atMost: MOST_CALLS,
      beside: `${first.calls} with functions that have just started`,
    },
    {
      what: 'slow to start, against the wait until ECS calls it steady: p50',
      measured: quantile(ratios, 0.5),
      unit: '×',
      beside: `${slow.length} runs, ${quantile(seconds, 0.5).toFixed(0)} s`,
    },
    {
      what: 'slow to start, against the wait until ECS calls it steady: p99',
      measured: quantile(ratios, 0.99),
      unit: '×',
      atMost: MOST_OF_STEADY,
      beside: `${quantile(seconds, 0.99).toFixed(0)} s`,
    },
  ]
}
