import { revision } from '../test/fixtures/in-process/environment.ts'
import { createLocalCanary } from '../test/fixtures/in-process/local-canary.ts'
import { PRICES, type Priced } from './cost/prices.ts'
import type { Line, Measurement } from './line.ts'

const STEPS = [3, 10, 30] as const
/** Steps of the rollout whose dollars are bounded. */
const PRICED_STEPS = 10
const LOOKS = 10
/** Assumed, as docs/guide/costs.md has it: a warm function of 512 MB, and its log. */
const GIGABYTE_SECONDS = 0.2 * 0.5
const LOG_GIGABYTES = 2 / 1_000_000

interface Counted {
  readonly steps: number
  readonly transitions: number
  readonly invocations: number
  readonly calls: number
  readonly reads: number
  readonly writes: number
  /** Of the rollout's record at its end. */
  readonly bytes: number
}

/** A rollout of some steps with one look each, promoted, on local AWS in this process under a fake clock. */
async function countRollout(template: string, steps: number, looks = 1): Promise<Counted> {
  const plan = Array.from({ length: steps }, (_, index) => ({
    weight: index === steps - 1 ? 100 : Math.round((1_000 * (index + 1)) / steps) / 10,
    bake: `${20 * looks}s`,
  }))
  const canary = await createLocalCanary({ template, definition: { plan, interval: '20s' } })
  try {
    const { network, invocations } = canary
    await canary.define()
    network.asked.length = 0
    const before = invocations.length
    await canary.surroundings.deploy('green', revision(2))
    const record = await canary.outcome(1)
    if (record.Outcome !== 'promoted') {
      throw new Error(`a rollout of ${steps} steps was ${record.Outcome}: ${record.Reason}`)
    }
    const [execution] = canary.executions()
    const entered = (execution?.history.events() ?? []).filter(
      (one) => one.stateEnteredEventDetails,
    )
    const asked = (pattern: RegExp) => network.asked.filter((one) => pattern.test(one)).length
    return {
      steps,
      transitions: entered.length,
      invocations: invocations.length - before,
      calls: network.asked.length,
      reads: asked(/^(GetItem|Query)$/),
      writes: asked(/^(UpdateItem|PutItem|DeleteItem)$/),
      bytes: JSON.stringify(record).length,
    }
  } finally {
    await canary.close()
  }
}

/** At list prices, without load balancers and CloudWatch's metrics; each read and write as large as the record at its end. */
function dollarsOf({ transitions, invocations, reads, writes, bytes }: Counted): number {
  const bought: Partial<Record<Priced, number>> = {
    transition: transitions,
    invocation: invocations,
    gigabyteSecond: invocations * GIGABYTE_SECONDS,
    readUnit: reads * Math.ceil(bytes / 4_096),
    writeUnit: writes * Math.ceil(bytes / 1_024),
    logGigabyte: invocations * LOG_GIGABYTES,
  }
  return Object.entries(bought).reduce(
    (sum, [what, count]) => sum + count * PRICES[what as Priced].dollars,
    0,
  )
}

/** @param template folder of a synthesized assembly. @param all steps of each rollout, the fewest first. */
export async function measureRollouts(
  template: string,
  all: readonly number[] = STEPS,
): Promise<readonly Measurement[]> {
  const lines: Line[] = []
  const counts: Counted[] = []
  for (const steps of all) {
    const counted = await countRollout(template, steps)
    counts.push(counted)
    const of = `${steps} steps`
    const { transitions, invocations, calls } = counted
    lines.push(
      {
        what: `${of}: state transitions`,
        measured: transitions,
        unit: '',
        atMost: 12 + 5 * steps,
        beside: `${(transitions - 5 * steps || 0).toFixed(0)} + 5 a step`,
      },
      { what: `${of}: function invocations`, measured: invocations, unit: '' },
      {
        what: `${of}: AWS calls`,
        measured: calls,
        unit: '',
        beside: `${(calls / invocations).toFixed(1)} an invocation`,
      },
      {
        what: `${of}: at list price`,
        measured: dollarsOf(counted),
        unit: '$',
        ...(steps === PRICED_STEPS ? { atMost: 0.01 } : {}),
      },
    )
  }
  return [
    { name: 'rollout', lines },
    { name: 'growth', lines: await growthOf(template, counts) },
  ]
}

async function growthOf(template: string, counts: readonly Counted[]): Promise<readonly Line[]> {
  const [small] = counts
  const large = counts.at(-1)
  if (!small || !large) return []
  const watched = await countRollout(template, small.steps, LOOKS)
  const times = large.steps / small.steps
  const ratio = (of: (counted: Counted) => number) => of(large) / of(small)
  return [
    {
      what: `AWS calls with ${times} × the steps`,
      measured: ratio(({ calls }) => calls),
      unit: '×',
      atMost: times,
    },
    {
      what: `the record with ${times} × the steps`,
      measured: ratio(({ bytes }) => bytes),
      unit: '×',
      atMost: times,
      beside: `${large.bytes} bytes, and an item may have 409,600`,
    },
    {
      what: `the record with ${LOOKS} × the looks`,
      measured: watched.bytes / small.bytes,
      unit: '×',
      atMost: 3,
      beside: `${watched.bytes} bytes`,
    },
    {
      what: `transitions of a look more`,
      measured: (watched.transitions - small.transitions) / (small.steps * (LOOKS - 1)),
      unit: '',
      atMost: 3,
    },
  ]
}
