import { z } from 'zod'
import { DefinitionError } from '../errors.ts'
import { duration, formatDuration } from './duration.ts'
import { planSchema } from './plan.ts'
import { SLOTS } from './slot.ts'

const name = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'use 1 to 64 letters, digits, "-" or "_"')

const arn = (service: string, resource: string) =>
  z
    .string()
    .regex(
      new RegExp(`^arn:aws[a-z-]*:${service}:[a-z0-9-]+:\\d{12}:${resource}`),
      `use an ARN such as arn:aws:${service}:REGION:ACCOUNT:${resource}…`,
    )

/** A cluster or service, by name or ARN; kept as the short name, which is what events are compared by. */
const ecsName = z
  .string()
  .min(1, 'is empty')
  .transform((text) => text.slice(text.lastIndexOf('/') + 1))

export const slotSchema = z.strictObject({
  cluster: ecsName,
  service: ecsName,
  /** Required by the `alb` router and the `targets` check. */
  targetGroup: arn('elasticloadbalancing', 'targetgroup/').optional(),
  /** The load balancer in front of the slot; needed where a metric's dimension says `${loadBalancer}`. */
  loadBalancer: arn('elasticloadbalancing', 'loadbalancer/').optional(),
  /** SetIdentifier of the slot's records; the slot's name unless told. */
  setIdentifier: z.string().min(1).max(128).optional(),
})

const routerSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('alb'),
    /** A listener rule's ARN, or a listener's for its default action. */
    rule: arn('elasticloadbalancing', 'listener-rule/').optional(),
    listener: arn('elasticloadbalancing', 'listener/').optional(),
  }),
  z.strictObject({
    type: z.literal('route53'),
    hostedZone: z
      .string()
      .regex(/^(\/hostedzone\/)?[A-Z0-9]{1,32}$/, 'use a hosted zone id such as Z0123456789ABC'),
    record: z.string().min(1, 'is empty'),
  }),
])

const metricSource = z.strictObject({
  namespace: z.string().min(1),
  metric: z.string().min(1),
  /**
   * Values may name the candidate's place: `${cluster}`, `${service}`, `${targetGroup}`, `${loadBalancer}`
   * (the last two as CloudWatch spells them: `targetgroup/name/id`, `app/name/id`).
   */
  dimensions: z.record(z.string(), z.string()).default({}),
  statistic: z.string().min(1).default('Sum'),
})

const checkName = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,40}$/, 'use 1 to 40 letters, digits, "-" or "_"')

const checkSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('ecs'),
    name: checkName.default('ecs'),
    /** Tasks of the candidate that may die during the rollout before it counts as a crash loop. */
    maxStoppedTasks: z.int().min(0).default(0),
  }),
  z.strictObject({
    type: z.literal('targets'),
    name: checkName.default('targets'),
    /** Share of the candidate's targets that must be healthy, in percent. */
    minHealthy: z.number().gt(0).max(100).default(100),
  }),
  z.strictObject({
    type: z.literal('alarms'),
    name: checkName.default('alarms'),
    alarms: z.array(z.string().min(1)).min(1, 'name at least one alarm').max(100),
  }),
  z.strictObject({
    type: z.literal('metric'),
    name: checkName,
    source: metricSource,
    /** Divides the metric: 5xx by requests gives a rate. With it, a missing numerator is zero. */
    per: metricSource.optional(),
    /** The check fails when the value is `above` or `below` this. */
    above: z.number().optional(),
    below: z.number().optional(),
    /** Seconds of data looked at, back from now. */
    window: duration({ min: 1, max: 86_400 }).prefault('1m'),
    /** CloudWatch period. 1, 5, 10, 20 or 30 s need high-resolution metrics. */
    period: duration({ min: 1, max: 86_400 }).prefault('1m'),
    /** How late the metric's points are; younger ones are not looked at. */
    delay: duration({ max: 900 }).prefault('0s'),
    /** Sum of `per` (or of the source, without `per`) under which there is too little traffic to judge. */
    minimumSample: z.number().min(0).default(0),
  }),
])

export type SlotDefinition = z.output<typeof slotSchema>
export type RouterDefinition = z.output<typeof routerSchema>
export type CheckDefinition = z.output<typeof checkSchema>
export type CheckOf<Type extends CheckDefinition['type']> = Extract<CheckDefinition, { type: Type }>

/** Events that an execution's history may hold, and what each part of the workflow writes into it (ADR 0005). */
export const HISTORY_LIMIT = 25_000
const EVENTS_PER_LOOK = 13
const EVENTS_PER_STEP = 40
const EVENTS_PER_ROLLOUT = 2_000
/** A wait retries at most every so many seconds, with three events each. */
const SECONDS_PER_RETRY = 15
const EVENTS_PER_RETRY = 3
/** Looks while a rollout is held for a person, however long the hold. */
export const LOOKS_PER_HOLD = 100
const EXECUTION_LIMIT = 30 * 86_400

const bounds = z.strictObject({
  canary: name,
  /** Which slot has the traffic when the canary is new. Promotions swap it; this is not read again. */
  live: z.enum(SLOTS).default('blue'),
  slots: z.strictObject({ blue: slotSchema, green: slotSchema }),
  router: routerSchema,
  plan: planSchema,
  checks: z
    .array(checkSchema)
    .min(1, 'a canary needs at least one check: nothing is promoted unseen')
    .max(50)
    .prefault([{ type: 'ecs' }]),
  /** How often the checks are looked at during a bake. */
  interval: duration({ min: 1, max: 3_600 }).prefault('30s'),
  ready: z
    .strictObject({ timeout: duration({ min: 1, max: 86_400 }).prefault('15m') })
    .prefault({}),
  capacity: z
    .strictObject({
      policy: z.enum(['wait', 'scale', 'off']).default('wait'),
      deadline: duration({ min: 1, max: 86_400 }).prefault('10m'),
    })
    .prefault({}),
  onNewRevision: z.enum(['supersede', 'queue', 'reject']).default('supersede'),
  /** How much longer than its bake a step may take to get a clear answer. */
  maxExtension: duration({ max: 86_400 }).prefault('30m'),
  onInconclusive: z.enum(['hold', 'fail-back']).default('fail-back'),
  /** How long a held rollout waits for a person before it fails back. */
  holdTimeout: duration({ min: 1, max: 7 * 86_400 }).prefault('24h'),
  /** Consecutive looks that may end in a provider's error before the step is treated as inconclusive. */
  maxErrors: z.int().min(0).max(1_000).default(5),
  /** How long the table keeps the record of an ended rollout. */
  keepRecords: duration({ min: 3_600 }).prefault('90d'),
})

type Unchecked = z.output<typeof bounds>

export const definitionSchema = bounds.superRefine((definition, context) => {
  const issue = (path: PropertyKey[], input: unknown, message: string) =>
    context.addIssue({ code: 'custom', path, input, message })
  const { blue, green } = definition.slots
  if (blue.cluster === green.cluster && blue.service === green.service) {
    issue(
      ['slots', 'green', 'service'],
      green.service,
      'blue and green are the same service; give each slot its own',
    )
  }
  checkRouter(definition, issue)
  const names = new Set<string>()
  for (const [index, check] of definition.checks.entries()) {
    if (names.has(check.name)) {
      issue(
        ['checks', index, 'name'],
        check.name,
        `two checks are named "${check.name}"; give one another name`,
      )
    }
    names.add(check.name)
    if (check.type === 'metric' && check.above === undefined && check.below === undefined) {
      issue(
        ['checks', index],
        check.name,
        'set "above" or "below": the value that fails the candidate',
      )
    }
    if (check.type === 'metric' && check.window < check.period) {
      issue(
        ['checks', index, 'window'],
        formatDuration(check.window),
        `is shorter than the period ${formatDuration(check.period)}; make it at least as long`,
      )
    }
    if (check.type === 'targets')
      requireTargetGroups(definition, issue, `the check "${check.name}"`)
  }
  checkLength(definition, issue)
})

/** A canary's definition, parsed: durations in seconds, plan as steps, defaults filled in. */
export type Definition = z.output<typeof definitionSchema>

type AddIssue = (path: PropertyKey[], input: unknown, message: string) => void

function checkRouter(definition: Unchecked, issue: AddIssue) {
  const { router, slots } = definition
  if (router.type === 'alb') {
    if ((router.rule === undefined) === (router.listener === undefined)) {
      issue(['router'], router, 'give either "rule" or "listener", and not both')
    }
    requireTargetGroups(definition, issue, 'the alb router')
  } else {
    const [blue, green] = [slots.blue.setIdentifier ?? 'blue', slots.green.setIdentifier ?? 'green']
    if (blue === green) {
      issue(
        ['slots', 'green', 'setIdentifier'],
        green,
        'blue and green share a SetIdentifier; give each its own',
      )
    }
  }
}

function requireTargetGroups(definition: Unchecked, issue: AddIssue, who: string) {
  for (const slot of SLOTS) {
    if (definition.slots[slot].targetGroup === undefined) {
      issue(
        ['slots', slot, 'targetGroup'],
        undefined,
        `is missing; ${who} needs the slot's target group ARN`,
      )
    }
  }
  const { blue, green } = definition.slots
  if (blue.targetGroup !== undefined && blue.targetGroup === green.targetGroup) {
    issue(
      ['slots', 'green', 'targetGroup'],
      green.targetGroup,
      'blue and green share a target group; give each slot its own',
    )
  }
}

/** Assessments that fit into one execution's history beside everything else a rollout may need. */
export function mostLooks(definition: Pick<Unchecked, 'plan' | 'ready' | 'capacity'>): number {
  const { plan, ready, capacity } = definition
  const waits = ready.timeout + plan.length * capacity.deadline
  const others =
    EVENTS_PER_ROLLOUT +
    plan.length * EVENTS_PER_STEP +
    Math.ceil(waits / SECONDS_PER_RETRY) * EVENTS_PER_RETRY
  return Math.floor((HISTORY_LIMIT - others) / EVENTS_PER_LOOK)
}

/** Refuses what could outgrow an execution: its 25,000 history events, or its time. */
function checkLength(definition: Unchecked, issue: AddIssue) {
  const { plan, interval, maxExtension } = definition
  const seconds = plan.reduce((sum, step) => sum + step.bake + maxExtension, 0)
  const fixed = plan.length + (definition.onInconclusive === 'hold' ? LOOKS_PER_HOLD : 0)
  const room = mostLooks(definition)
  const looks = Math.ceil(seconds / interval) + fixed
  if (looks > room) {
    const mend =
      room > fixed
        ? `use at least ${formatDuration(Math.ceil(seconds / (room - fixed)))}, or shorten the bakes or maxExtension`
        : 'no interval would fit; use fewer steps, or shorten ready.timeout or capacity.deadline'
    issue(
      ['interval'],
      formatDuration(interval),
      `could need ${looks} looks, and only ${Math.max(0, room)} fit into an execution's ${HISTORY_LIMIT} history events; ${mend}`,
    )
  }
  const total =
    seconds +
    plan.length * definition.capacity.deadline +
    definition.ready.timeout +
    definition.holdTimeout
  if (total > EXECUTION_LIMIT) {
    issue(
      ['plan'],
      formatDuration(total),
      `could take ${formatDuration(total)}, more than the workflow's ${formatDuration(EXECUTION_LIMIT)}; shorten the bakes, maxExtension or holdTimeout`,
    )
  }
}

/**
 * Parses a definition from anywhere.
 * @throws {DefinitionError} one line an issue: path, value and what to change.
 */
export function parseDefinition(value: unknown): Definition {
  const parsed = definitionSchema.safeParse(value, { reportInput: true })
  if (parsed.success) return parsed.data
  const lines = parsed.error.issues.map((issue) => {
    const path = issue.path.map(String).join('.') || 'definition'
    const input = issue.input === undefined ? '' : ` (${shorten(JSON.stringify(issue.input))})`
    return `${path}${input}: ${issue.message}`
  })
  throw new DefinitionError(`broken definition: ${lines.join('; ')}`)
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}…` : text
}
