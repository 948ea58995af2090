import { duration } from './duration.ts'
import { planSchema } from './plan.ts'
import { SLOTS } from './slot.ts'
import * as z from './zod.ts'

/** Part of executions' names. Recoveries end in `-guard-<n>`, so no canary may end so. */
export const canaryName = z
  .string()
  .check(
    z.regex(
      /^(?!.*-guard$)[A-Za-z0-9_-]{1,64}$/,
      'use 1 to 64 letters, digits, "-" or "_", and not "-guard" at the end',
    ),
  )

const arn = (service: string, resource: string) =>
  z
    .string()
    .check(
      z.regex(
        new RegExp(
          `^arn:aws[a-z-]*:${service}:[a-z0-9-]+:\\d{12}:${resource.replaceAll(/[A-Z]+/g, '[^/\\s]+')}$`,
        ),
        `use an ARN such as arn:aws:${service}:REGION:ACCOUNT:${resource}`,
      ),
    )

/** A cluster or service, by name or ARN; kept as the short name, which is what events are compared by. */
const ecsName = z.pipe(
  z.string().check(z.minLength(1, 'is empty')),
  z.transform((text) => text.slice(text.lastIndexOf('/') + 1)),
)

/** Of any path; its name is letters, digits and `+=,.@_-`. */
const roleArn = z
  .string()
  .check(
    z.regex(
      /^arn:aws[a-z-]*:iam::\d{12}:role\/([!-.0-~]+\/)*[\w+=,.@-]{1,64}$/,
      "use an IAM role's ARN such as arn:aws:iam::ACCOUNT:role/NAME",
    ),
  )

export const slotSchema = z.strictObject({
  cluster: ecsName,
  service: ecsName,
  /** Required by the `alb` router and the `targets` check. */
  targetGroup: z.optional(arn('elasticloadbalancing', 'targetgroup/NAME/ID')),
  /** The load balancer in front of the slot; needed where a metric's dimension says `${loadBalancer}`. */
  loadBalancer: z.optional(arn('elasticloadbalancing', 'loadbalancer/app/NAME/ID')),
  /** SetIdentifier of the slot's records; the slot's name unless told. */
  setIdentifier: z.optional(z.string().check(z.minLength(1), z.maxLength(128))),
})

const routerSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('alb'),
    /** A listener rule's ARN, or a listener's for its default action. */
    rule: z.optional(arn('elasticloadbalancing', 'listener-rule/app/NAME/ID/ID/ID')),
    listener: z.optional(arn('elasticloadbalancing', 'listener/app/NAME/ID/ID')),
  }),
  z.strictObject({
    type: z.literal('route53'),
    hostedZone: z
      .string()
      .check(
        z.regex(/^(\/hostedzone\/)?[A-Z0-9]{1,32}$/, 'use a hosted zone id such as Z0123456789ABC'),
      ),
    record: z.string().check(z.minLength(1, 'is empty')),
    /**
     * How long clients keep an answer whose record is an alias, and so has no TTL of its own; 60 s unless told, which
     * is what Route 53 says of load balancers.
     */
    aliasTtl: z.optional(duration({ max: 3_600 })),
  }),
])

const nonEmpty = z.string().check(z.minLength(1))

const metricSource = z.strictObject({
  namespace: nonEmpty,
  metric: nonEmpty,
  /**
   * Values may name the candidate's place: `${cluster}`, `${service}`, `${targetGroup}`, `${loadBalancer}`
   * (the last two as CloudWatch spells them: `targetgroup/name/id`, `app/name/id`).
   */
  dimensions: z._default(z.record(z.string(), z.string()), {}),
  statistic: z._default(
    z
      .string()
      .check(
        z.regex(
          /^(SampleCount|Average|Sum|Minimum|Maximum|IQM|(p|tm|tc|ts|wm)\d{1,2}(\.\d{1,10})?|p100|(PR|TM|TC|TS|WM)\([\d.%]*:[\d.%]*\))$/,
          'use a statistic of CloudWatch: Sum, Average, Minimum, Maximum, SampleCount, p99, tm95, PR(:0.3), …',
        ),
      ),
    'Sum',
  ),
})

const checkName = z
  .string()
  .check(z.regex(/^[A-Za-z0-9_-]{1,40}$/, 'use 1 to 40 letters, digits, "-" or "_"'))

const checkSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('ecs'),
    name: z._default(checkName, 'ecs'),
    /** Tasks of the candidate that may die during the rollout before it counts as a crash loop. */
    maxStoppedTasks: z._default(z.int().check(z.gte(0)), 0),
  }),
  z.strictObject({
    type: z.literal('targets'),
    name: z._default(checkName, 'targets'),
    /** Share of the candidate's targets that must be healthy, in percent. */
    minHealthy: z._default(z.number().check(z.gt(0), z.lte(100)), 100),
  }),
  z.strictObject({
    type: z.literal('alarms'),
    name: z._default(checkName, 'alarms'),
    alarms: z.array(nonEmpty).check(z.minLength(1, 'name at least one alarm'), z.maxLength(100)),
  }),
  z.strictObject({
    type: z.literal('metric'),
    name: checkName,
    source: metricSource,
    /** Divides the metric: 5xx by requests gives a rate. With it, a missing numerator is zero. */
    per: z.optional(metricSource),
    /** The check fails when the value is `above` or `below` this. */
    above: z.optional(z.number()),
    below: z.optional(z.number()),
    /** Seconds of data looked at, back from now. */
    window: z.prefault(duration({ min: 1, max: 86_400 }), '1m'),
    /** CloudWatch period. 1, 5, 10, 20 or 30 s need high-resolution metrics. */
    period: z.prefault(duration({ min: 1, max: 86_400 }), '1m'),
    /** How late the metric's points are; younger ones are not looked at. */
    delay: z.prefault(duration({ max: 900 }), '0s'),
    /** Sum of `per` (or of the source, without `per`) under which there is too little traffic to judge. */
    minimumSample: z._default(z.number().check(z.gte(0)), 0),
  }),
])

export type SlotDefinition = z.output<typeof slotSchema>
export type RouterDefinition = z.output<typeof routerSchema>
export type CheckDefinition = z.output<typeof checkSchema>
export type CheckOf<Type extends CheckDefinition['type']> = Extract<CheckDefinition, { type: Type }>

/** A definition's fields, each by itself; what must hold between them is in definition-rules.ts. */
export const definitionShape = z.strictObject({
  canary: canaryName,
  /** Which slot has the traffic when the canary is new. Promotions swap it; this is not read again. */
  live: z._default(z.enum(SLOTS), 'blue'),
  /**
   * The role that Sluice's functions assume to reach what this definition names. Without one they use their own
   * permissions, which on AWS reach no canary's resources.
   */
  role: z.optional(roleArn),
  slots: z.strictObject({ blue: slotSchema, green: slotSchema }),
  router: routerSchema,
  plan: planSchema,
  checks: z.prefault(
    z
      .array(checkSchema)
      .check(
        z.minLength(1, 'a canary needs at least one check: nothing is promoted unseen'),
        z.maxLength(50),
      ),
    [{ type: 'ecs' }],
  ),
  /** How often the checks are looked at during a bake. */
  interval: z.prefault(duration({ min: 1, max: 3_600 }), '30s'),
  ready: z.prefault(
    z.strictObject({ timeout: z.prefault(duration({ min: 1, max: 86_400 }), '15m') }),
    {},
  ),
  capacity: z.prefault(
    z.strictObject({
      policy: z._default(z.enum(['wait', 'scale', 'off']), 'wait'),
      deadline: z.prefault(duration({ min: 1, max: 86_400 }), '10m'),
    }),
    {},
  ),
  onNewRevision: z._default(z.enum(['supersede', 'queue', 'reject']), 'supersede'),
  /** How much longer than its bake a step may take to get a clear answer. */
  maxExtension: z.prefault(duration({ max: 86_400 }), '30m'),
  onInconclusive: z._default(z.enum(['hold', 'fail-back']), 'fail-back'),
  /** How long a held rollout waits for a person before it fails back. */
  holdTimeout: z.prefault(duration({ min: 1, max: 7 * 86_400 }), '24h'),
  /** Consecutive looks that may end in a provider's error before the step is treated as inconclusive. */
  maxErrors: z._default(z.int().check(z.gte(0), z.lte(1_000)), 5),
  /** How long the table keeps the record of an ended rollout. */
  keepRecords: z.prefault(duration({ min: 3_600 }), '90d'),
})

/** Parsed, defaults filled in, and not yet held against the rules. */
export type DefinitionShape = z.output<typeof definitionShape>
