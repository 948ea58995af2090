import * as z from 'zod'
import { duration } from './duration.ts'
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

/** A definition's fields, each by itself; what must hold between them is in definition-rules.ts. */
export const definitionShape = z.strictObject({
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

/** Parsed, defaults filled in, and not yet held against the rules. */
export type DefinitionShape = z.output<typeof definitionShape>
