import { revision } from '../test/fixtures/in-process/environment.ts'
import { createFunctionProcesses } from '../test/fixtures/in-process/function-processes.ts'
import { createLocalCanary } from '../test/fixtures/in-process/local-canary.ts'
import type { Line, Measurement } from './line.ts'

/** What a rollout may cost more with a history than without: numbers of attempts have more digits. */
const MOST_GROWTH = 1.1
/** Rollouts of which the mean is taken: a role's session that ends in one of them is one more call. */
const MEAN_OF = 3

interface Cost {
  /** Of AWS, by all functions, from the event on. */
  readonly calls: number
  readonly recordBytes: number
  readonly stateBytes: number
}

/** Whether a rollout, or an event, costs more the more rollouts a canary has had. */
export async function measureHistory(template: string, rollouts: number): Promise<Measurement> {
  const processes = createFunctionProcesses()
  const canary = await createLocalCanary({
    template,
    processes,
    tasks: 1,
    definition: { plan: [{ weight: 100, bake: '20s' }] },
  })
  try {
    await canary.define()
    const calls = () => processes.invocations.reduce((sum, one) => sum + one.calls.length, 0)
    const rollOut = async (attempt: number): Promise<Cost> => {
      const before = calls()
      await canary.surroundings.deploy(attempt % 2 === 1 ? 'green' : 'blue', revision(attempt + 1))
      const record = await canary.outcome(attempt)
      if (record.Outcome !== 'promoted') throw new Error(`${attempt}: ${record.Reason}`)
      return {
        calls: calls() - before,
        recordBytes: JSON.stringify(record).length,
        stateBytes: JSON.stringify(await canary.state()).length,
      }
    }
    /** Calls of an event of the candidate's running task that came once more. */
    const duplicate = async (): Promise<number> => {
      const before = calls()
      await canary.deliver(canary.events.findLast((event) => isRunning(event)))
      return calls() - before
    }
    // Functions that have never run are no part of it.
    for (const attempt of [1, 2]) await rollOut(attempt)
    const early: Cost[] = []
    const late: Cost[] = []
    let duplicateEarly = 0
    for (let attempt = 3; attempt <= rollouts; attempt++) {
      const cost = await rollOut(attempt)
      if (attempt < 3 + MEAN_OF) early.push(cost)
      if (attempt === 3) duplicateEarly = await duplicate()
      if (attempt > rollouts - MEAN_OF) late.push(cost)
    }
    const events = [duplicateEarly, await duplicate()] as const
    return { name: 'history', lines: linesOf(rollouts, early, late, events) }
  } finally {
    await canary.close()
  }
}

function isRunning({ 'detail-type': type, detail }: { 'detail-type': string; detail: unknown }) {
  const { lastStatus } = detail as { lastStatus?: string }
  return type === 'ECS Task State Change' && lastStatus === 'RUNNING'
}

function linesOf(
  rollouts: number,
  early: readonly Cost[],
  late: readonly Cost[],
  [duplicateEarly, duplicateLate]: readonly [number, number],
): readonly Line[] {
  const mean = (costs: readonly Cost[], of: (cost: Cost) => number) =>
    costs.reduce((sum, cost) => sum + of(cost), 0) / costs.length
  const growth = (what: string, of: (cost: Cost) => number): Line => {
    const [before, after] = [mean(early, of), mean(late, of)]
    return {
      what: `${what}: the ${rollouts}th rollout against the 3rd`,
      measured: after / before,
      unit: '×',
      atMost: MOST_GROWTH,
      beside: `means of ${MEAN_OF}: ${before.toFixed(0)}, then ${after.toFixed(0)}`,
    }
  }
  return [
    growth('AWS calls', ({ calls }) => calls),
    growth('bytes of the record', ({ recordBytes }) => recordBytes),
    growth('bytes of the canary’s state', ({ stateBytes }) => stateBytes),
    {
      what: `AWS calls of a duplicate event, after ${rollouts} rollouts`,
      measured: duplicateLate,
      unit: 'calls',
      atMost: duplicateEarly,
      beside: `after 3: ${duplicateEarly}`,
    },
  ]
}
