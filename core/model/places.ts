import { duration } from './duration.ts'
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

/** An IAM role's ARN, of any path; its name is letters, digits and `+=,.@_-`. */
export const roleArn = z
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
  /** The load balancer in front of the slot, for the metrics of it; that of the router's rule or listener unless told. */
  loadBalancer: z.optional(arn('elasticloadbalancing', 'loadbalancer/app/NAME/ID')),
  /** SetIdentifier of the slot's records; the slot's name unless told. */
  setIdentifier: z.optional(z.string().check(z.minLength(1), z.maxLength(128))),
})

export const routerSchema = z.discriminatedUnion('type', [
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

export type SlotDefinition = z.output<typeof slotSchema>
export type RouterDefinition = z.output<typeof routerSchema>
