import { duration } from './duration.ts'
import { parsedBy } from './parsed-by.ts'
import * as z from './zod.ts'

/** One step: the candidate's share in percent and how long it bakes there, in seconds. */
export interface Step {
  readonly weight: number
  readonly bake: number
  /** Whether a person is asked before any traffic moves to this step. */
  readonly approval?: boolean | undefined
}

/** From nothing to all: weights rise from step to step and end at 100. */
export type Plan = readonly Step[]

const weight = z.number().check(
  z.gt(0, 'a weight is above 0: the routing before the rollout is already step 0'),
  z.lte(100, 'a weight is a percentage of at most 100'),
  z.refine((value) => Number.isInteger(Math.round(value * 1e6) / 1e5), {
    message: 'a weight has at most one decimal',
  }),
)

const bake = duration({ min: 1, max: 7 * 86_400 })

const steps = z.array(z.strictObject({ weight, bake, approval: z.optional(z.boolean()) })).check(
  z.minLength(1, 'a plan needs at least one step'),
  z.maxLength(100, 'a plan has at most 100 steps'),
  z.superRefine((list, context) => {
    for (const [index, step] of list.entries()) {
      const before = list[index - 1]
      if (before && step.weight <= before.weight) {
        context.addIssue({
          code: 'custom',
          path: [index, 'weight'],
          input: step.weight,
          message: `weights must rise: ${step.weight} follows ${before.weight}`,
        })
      }
    }
    const last = list.at(-1)
    if (last && last.weight !== 100) {
      context.addIssue({
        code: 'custom',
        path: [list.length - 1, 'weight'],
        input: last.weight,
        message: `the last step must be 100, not ${last.weight}`,
      })
    }
  }),
)

export const PRESETS = {
  /** Equal steps: `step` percent more after each `bake`. */
  linear: (step: number, bake: number) => rising((n) => step * n, bake),
  /** Doubling from `step` percent on. */
  exponential: (step: number, bake: number) => rising((n) => step * 2 ** (n - 1), bake),
  /** `step` percent, then all. */
  canary: (step: number, bake: number): Plan =>
    step >= 100
      ? [{ weight: 100, bake }]
      : [
          { weight: step, bake },
          { weight: 100, bake },
        ],
  'all-at-once': (_step: number, bake: number): Plan => [{ weight: 100, bake }],
} as const

function rising(weightOf: (n: number) => number, bake: number): Plan {
  const plan: Step[] = []
  for (let n = 1; ; n++) {
    const weight = Math.min(100, Math.round(weightOf(n) * 10) / 10)
    plan.push({ weight, bake })
    if (weight === 100) return plan
  }
}

/** The share of a preset's first step, in percent. */
export const presetStep = weight.check(z.gte(1, 'a preset rises by at least 1 percent a step'))
/** How long each step of a preset bakes. */
export const presetBake = bake

const preset = z.pipe(
  z.strictObject({
    preset: z.enum(['linear', 'exponential', 'canary', 'all-at-once']),
    step: z._default(presetStep, 10),
    bake: z._default(presetBake, 300),
  }),
  z.transform(({ preset, step, bake }): Plan => PRESETS[preset](step, bake)),
)

/**
 * CodeDeploy's predefined ECS configurations, by their names there.
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html
 */
const CODE_DEPLOY: Readonly<Record<string, Plan>> = {
  'CodeDeployDefault.ECSLinear10PercentEvery1Minutes': PRESETS.linear(10, 60),
  'CodeDeployDefault.ECSLinear10PercentEvery3Minutes': PRESETS.linear(10, 180),
  'CodeDeployDefault.ECSCanary10Percent5Minutes': PRESETS.canary(10, 300),
  'CodeDeployDefault.ECSCanary10Percent15Minutes': PRESETS.canary(10, 900),
  'CodeDeployDefault.ECSAllAtOnce': PRESETS['all-at-once'](100, 300),
}

/** Preset names with their default step and bake, and CodeDeploy's names. */
const NAMED: Readonly<Record<string, Plan>> = {
  linear: PRESETS.linear(10, 300),
  exponential: PRESETS.exponential(5, 300),
  canary: PRESETS.canary(10, 300),
  'all-at-once': PRESETS['all-at-once'](100, 300),
  ...CODE_DEPLOY,
}

const named = z.pipe(
  z.string(),
  z.transform((name, context): Plan => {
    // Every object has a `constructor`, which is no plan.
    const plan = Object.hasOwn(NAMED, name) ? NAMED[name] : undefined
    if (!plan) {
      context.issues.push({
        code: 'custom',
        input: name,
        message: `"${name}" is no known plan; use one of ${Object.keys(NAMED).join(', ')}, or list the steps`,
      })
      return z.NEVER
    }
    return plan
  }),
)

/** What a plan may be written as; for editors, which `planSchema` tells nothing. */
export const planWritten = z.union([z.enum(Object.keys(NAMED)), steps, preset])

/** A plan as a person writes it: steps, a preset with its numbers, or a name. Parsed to steps. */
export const planSchema = parsedBy<Plan>((value) =>
  typeof value === 'string' ? named : Array.isArray(value) ? steps : preset,
)
