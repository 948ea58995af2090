import {
  type CheckDefinition,
  type Definition,
  parseDefinition,
} from '../../core/model/definition.ts'
import { REMINDER_SECONDS } from '../../core/model/reminder.ts'
import { PRICES, type Priced } from './prices.ts'

/** How much a promoted rollout has to do, as far as its definition tells. */
export interface Work {
  readonly looks: number
  readonly transitions: number
  /** Of the workflow's functions; events add a few. */
  readonly invocations: number
  readonly writes: number
}

/**
 * Of a rollout whose every look passes: no retries, no extensions. States: Begin, Prepare, Wait Until Ready, Promote,
 * Settled, Promoted, and Decide once more; Shift Traffic and Verify Shift a step; Bake, Assess and Decide a look. All but Begin, Decide,
 * Settled and Promoted call a function. A test holds these numbers against a rollout that runs.
 */
export function workOf({ plan, interval }: Pick<Definition, 'plan' | 'interval'>): Work {
  const looks = plan.reduce((sum, { bake }) => sum + Math.ceil(bake / interval), 0)
  const steps = plan.length
  return {
    looks,
    transitions: 7 + 2 * steps + 3 * looks,
    invocations: 3 + 2 * steps + 2 * looks,
    writes: 2 * looks + 4 * steps + 4,
  }
}

/** Tasks that start and stop, the table's stream, lifecycle events: requests around the workflow, beside its reminder. */
const EVENTS = 20
/** Assumed, for a warm function of 512 MB. */
const SECONDS = 0.2
const GIGABYTES = 0.5
/** Of a rollout's record, which grows with its timeline: half of what it ends with. */
const RECORD_KILOBYTES = 8
const READS_PER_INVOCATION = 2
const LOG_KILOBYTES_PER_INVOCATION = 2
/** Read units of the gates, before each step and the promotion: the line, and the definition as it is. */
const READS_OF_GATES = 3
/** Of the canary and over all canaries: started, promoted once; weight and verdicts in every hour. */
const METRICS_ONCE = 4
const METRICS_HOURLY = 4

/** What is bought for one rollout. */
export function purchasesOf(definition: Definition): Readonly<Record<Priced, number>> {
  const { looks, transitions, invocations, writes } = workOf(definition)
  const seconds = definition.plan.reduce((sum, { bake }) => sum + bake, 0)
  const metrics = definition.checks.reduce((sum, check) => sum + metricsOf(check), 0)
  const requests = invocations + EVENTS + Math.ceil(seconds / REMINDER_SECONDS)
  return {
    transition: transitions,
    invocation: requests,
    gigabyteSecond: requests * SECONDS * GIGABYTES,
    writeUnit: writes * RECORD_KILOBYTES,
    readUnit:
      requests * READS_PER_INVOCATION * Math.ceil(RECORD_KILOBYTES / 4) +
      (definition.plan.length + 1) * READS_OF_GATES,
    metricRead: looks * metrics,
    metricHour: METRICS_ONCE + METRICS_HOURLY * Math.ceil(seconds / 3_600),
    logGigabyte: (requests * LOG_KILOBYTES_PER_INVOCATION) / 1_000_000,
  }
}

/** Metrics that a check asks CloudWatch for at a look. */
function metricsOf(check: CheckDefinition): number {
  if (check.type === 'compare') return 4
  if (check.type !== 'metric') return 0
  return 'per' in check && check.per ? 2 : 1
}

export function dollarsOf(purchases: Readonly<Record<Priced, number>>): number {
  return Object.entries(purchases).reduce(
    (sum, [what, count]) => sum + count * PRICES[what as Priced].dollars,
    0,
  )
}

/** A definition with nothing but what costs are counted by. */
export function definitionFor(settings: Readonly<Record<string, unknown>>): Definition {
  const arn = (name: string) =>
    `arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/${name}/1`
  const lb = 'arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/shop/1'
  const slot = (name: string) => ({
    cluster: 'main',
    service: name,
    targetGroup: arn(name),
    loadBalancer: lb,
  })
  return parseDefinition({
    canary: 'shop',
    slots: { blue: slot('blue'), green: slot('green') },
    router: {
      type: 'alb',
      rule: 'arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/shop/1/1/1',
    },
    ...settings,
  })
}
