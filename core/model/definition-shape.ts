import { type CheckDefinition, checkSchema } from './checks/index.ts'
import { duration } from './duration.ts'
import { freezeSchema } from './freeze.ts'
import { hooksSchema } from './hooks.ts'
import { canaryName, roleArn, routerSchema, slotSchema } from './places.ts'
import { type Plan, planSchema } from './plan.ts'
import { SLOTS } from './slot.ts'
import { strategySchema, testWindow } from './strategies.ts'
import * as z from './zod.ts'

const promoteEarly = z.strictObject({
  /** How many times live's rate of bad requests the candidate may have: what each comparison has to be sure of. */
  bound: z._default(z.number().check(z.gt(1), z.lte(100)), 1.5),
  /** No step is left sooner. */
  minimumBake: z.prefault(duration({ min: 1, max: 7 * 86_400 }), '1m'),
})

const approval = z.strictObject({
  beforePromote: z._default(z.boolean(), false),
  timeout: z.prefault(duration({ min: 1, max: 7 * 86_400 }), '24h'),
  /** What follows when nobody has answered by then. */
  onTimeout: z._default(z.enum(['fail-back', 'approve']), 'fail-back'),
})

/** The most that a slot's count may be set to: what ECS takes of one service. */
const MOST_TASKS = 5_000

const scaleDown = z.strictObject({
  /** How long the old slot keeps its tasks after a promotion: the way back. */
  after: z.prefault(duration({ min: 1, max: 7 * 86_400 }), '1h'),
  /** How many tasks it then keeps. */
  to: z._default(z.int().check(z.gte(0), z.lte(MOST_TASKS)), 0),
})

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
  /** Steps, a preset or a name. Either this or `strategy`. */
  plan: z.optional(planSchema),
  /** Fills in `plan`, and what else belongs to it. */
  strategy: z.optional(strategySchema),
  /** Unless told, what a canary of this kind can be checked by; see `default-checks.ts`. */
  checks: z.optional(
    z
      .array(checkSchema)
      .check(
        z.minLength(1, 'a canary needs at least one check: nothing is promoted unseen'),
        z.maxLength(50),
      ),
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
  /** What becomes of the old slot's tasks after a promotion; nothing unless told. */
  scaleDown: z.optional(scaleDown),
  onNewRevision: z._default(z.enum(['supersede', 'queue', 'reject']), 'supersede'),
  /** How much longer than its bake a step may take to get a clear answer. */
  maxExtension: z.prefault(duration({ max: 86_400 }), '30m'),
  /** What follows then: a person is asked, the rollout fails back, or the step passes without an answer. */
  onInconclusive: z._default(z.enum(['hold', 'fail-back', 'pass']), 'fail-back'),
  /** Moves on before a step's bake is over, once every comparison is sure that the candidate is good enough. */
  promoteEarly: z.optional(promoteEarly),
  hooks: z.prefault(hooksSchema, {}),
  /** How long the ready candidate stands without traffic, for people to try it; 0s unless told, here or by `strategy`. */
  testWindow: z.optional(testWindow),
  /** How steps with `approval`, and with `beforePromote` the promotion, ask for a person. */
  approval: z.prefault(approval, {}),
  /** When no step up happens. Failing back is never frozen. */
  freeze: z._default(freezeSchema, []),
  /** How long a held rollout waits for a person before it fails back. */
  holdTimeout: z.prefault(duration({ min: 1, max: 7 * 86_400 }), '24h'),
  /** Consecutive looks that may end in a provider's error before the step is treated as inconclusive. */
  maxErrors: z._default(z.int().check(z.gte(0), z.lte(1_000)), 5),
  /** How long the table keeps the record of an ended rollout. */
  keepRecords: z.prefault(duration({ min: 3_600 }), '90d'),
})

/** Parsed, fields' defaults filled in. */
export type DefinitionFields = z.output<typeof definitionShape>

/** All defaults filled in, and not yet held against the rules. */
export type DefinitionShape = Omit<
  DefinitionFields,
  'checks' | 'plan' | 'strategy' | 'testWindow'
> & {
  readonly testWindow: number
  readonly checks: readonly CheckDefinition[]
  readonly plan: Plan
}
