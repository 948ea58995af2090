import type { CheckMemory } from '../../model/check-memory.ts'
import type { MetricSource } from '../../model/checks/metric-source.ts'
import { type ComparisonSources, comparisonSources } from '../../model/comparison-sources.ts'
import type { CheckOf } from '../../model/definition.ts'
import type { Memory } from '../../model/memory.ts'
import { otherSlot } from '../../model/slot.ts'
import type { MetricPoint, MetricQuery } from '../../ports.ts'
import {
  type Alignment,
  alignedCounts,
  alignedRange,
  alignedValues,
  type CountedPoints,
  readFrom,
} from '../comparison/aligned-windows.ts'
import { compareCounts } from '../comparison/counts-comparison.ts'
import { answerOfCounts, type Answer as Finding, type Words } from '../comparison/counts-verdict.ts'
import { allottedAlpha } from '../comparison/error-budget.ts'
import { comparePairs } from '../comparison/pairs-comparison.ts'
import { answerOfPairs } from '../comparison/pairs-verdict.ts'
import { type Answer, type Check, type CheckContext, placeOf, verdict } from './check.ts'
import { inPlace, told } from './metric-data.ts'

const LEAST_REQUESTS = 20
const LEAST_PERIODS = 3

/** Roles by the first part of their queries' ids. */
const ROLES = ['candidate', 'live'] as const

type Points = Readonly<Record<string, readonly MetricPoint[]>>

/**
 * Is the candidate worse than the live slot, by the traffic that both get at the same time? Reads what both slots have
 * answered since the last look in one call, and lets the sequential comparison go on from what it remembers.
 */
export const checkCompare: Check<'compare'> = async (ports, definition, context, memory) => {
  const sources = comparisonSources(definition)
  const before = comparisonMemory(memory)
  const { period, delay } = definition
  const from = readFrom(before, context)
  const window = alignedRange({ from, now: context.now, period, delay })
  const points =
    window.from < window.to
      ? await ports.metrics.read(queriesOf(definition, sources, context), window)
      : {}
  const alignment: Alignment = { from, now: context.now, period, delay, awaited: awaited(context) }
  const [after, finding] =
    'gauge' in sources
      ? gauged(definition, context, before, points, alignment)
      : counted(definition, context, before, points, alignment)
  return answerOf(definition, context, sources, after, finding)
}

function comparisonMemory(memory: Memory | undefined): CheckMemory | undefined {
  return memory?.kind === 'counts' || memory?.kind === 'pairs' ? memory : undefined
}

/** Which slots have traffic at the present step, and so should have data. */
function awaited({ weight }: CheckContext): Alignment['awaited'] {
  return ROLES.filter((role) => (role === 'candidate' ? weight > 0 : weight < 100))
}

function queriesOf(
  { period }: CheckOf<'compare'>,
  sources: ComparisonSources,
  context: CheckContext,
): MetricQuery[] {
  const { candidate } = context
  const slots = { candidate, live: otherSlot(candidate) }
  return ROLES.flatMap((role) =>
    Object.entries<MetricSource>(sources).map(([part, source]) =>
      inPlace(`${role}_${part}`, source, period, placeOf(context, slots[role])),
    ),
  )
}

function counted(
  definition: CheckOf<'compare'>,
  context: CheckContext,
  before: CheckMemory | undefined,
  points: Points,
  alignment: Alignment,
): [CheckMemory, Finding] {
  const parameters = {
    ...shared(definition, context),
    tolerance: definition.tolerance,
    minimumSample: definition.minimumSample ?? LEAST_REQUESTS,
    threshold: definition.threshold === undefined ? undefined : definition.threshold / 100,
    bound: context.promoteEarlyBound,
  }
  const windows = alignedCounts(
    { candidate: countsOf(points, 'candidate'), live: countsOf(points, 'live') },
    alignment,
  )
  const memory = before?.kind === 'counts' ? before : undefined
  const after = compareCounts(memory, windows, parameters, context)
  return [after, answerOfCounts(after, parameters, context, wordsOf(definition, context))]
}

function gauged(
  definition: CheckOf<'compare'>,
  context: CheckContext,
  before: CheckMemory | undefined,
  points: Points,
  alignment: Alignment,
): [CheckMemory, Finding] {
  const parameters = {
    ...shared(definition, context),
    margin: definition.tolerance - 1,
    minimumWindows: definition.minimumSample ?? LEAST_PERIODS,
    threshold: definition.threshold,
  }
  const windows = alignedValues(
    { candidate: points.candidate_gauge ?? [], live: points.live_gauge ?? [] },
    alignment,
  )
  const memory = before?.kind === 'pairs' ? before : undefined
  const after = comparePairs(memory, windows, parameters, context)
  return [after, answerOfPairs(after, parameters, context, wordsOf(definition, context))]
}

/** Periods without any answer of the candidate after which its data count as missing. */
const STALE_PERIODS = 5

function shared({ alpha, period, delay }: CheckOf<'compare'>, { alphas }: CheckContext) {
  return { alpha: allottedAlpha(alpha, alphas), staleAfter: delay + STALE_PERIODS * period }
}

/** Bad requests and all, counted outright or by the share of them that was fast. */
function countsOf(points: Points, role: (typeof ROLES)[number]): CountedPoints {
  const of = (part: string) => points[`${role}_${part}`] ?? []
  if (points[`${role}_total`] !== undefined) return { bad: of('bad'), total: of('total') }
  const fast = new Map(of('fast').map(({ at, value }) => [at, value]))
  const counts = of('count').flatMap((count) => {
    const share = fast.get(count.at)
    return share === undefined
      ? []
      : { ...count, slow: Math.round(count.value * (1 - share / 100)) }
  })
  return { bad: counts.map(({ at, slow }) => ({ at, value: slow })), total: counts }
}

function wordsOf({ gauge, slowerThan, bad }: CheckOf<'compare'>, context: CheckContext): Words {
  const { candidate } = context
  const slots = { candidate, live: otherSlot(candidate) }
  if (gauge !== undefined) return { ...slots, bad: `${gauge.metric} ${gauge.statistic}` }
  if (slowerThan !== undefined)
    return { ...slots, bad: `slower than ${told(slowerThan * 1000)} ms` }
  return { ...slots, bad: bad === undefined ? 'with 5xx' : `with ${bad.metric}` }
}

function answerOf(
  definition: CheckOf<'compare'>,
  context: CheckContext,
  sources: ComparisonSources,
  memory: CheckMemory,
  finding: Finding,
): Answer {
  const { underBound, ...given } = finding
  const source = Object.values<MetricSource>(sources)
    .map(({ namespace, metric, statistic }) => `${namespace} ${metric} ${statistic}`)
    .join(', ')
  return {
    verdict: {
      ...verdict(definition, context, { ...given, source }),
      ...(underBound === undefined ? {} : { underBound }),
    },
    memory,
  }
}
