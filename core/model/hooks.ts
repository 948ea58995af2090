import { checkName, functionArn, functionInput } from './checks/fields.ts'
import { duration } from './duration.ts'
import * as z from './zod.ts'

/** When functions of the canary's team are asked, in the order of a rollout. */
export const HOOK_POINTS = ['beforeTraffic', 'afterStep', 'beforePromote', 'afterFailBack'] as const
export type HookPoint = (typeof HOOK_POINTS)[number]

export const hookSchema = z.strictObject({
  name: checkName,
  function: functionArn,
  /** Handed to the function as it stands. */
  input: z._default(functionInput, {}),
  /** Longest time to wait for one answer. */
  timeout: z.prefault(duration({ min: 1, max: 15 }), '5s'),
  /** How long it may stay `in-progress`, from its first invocation on. */
  deadline: z.prefault(duration({ min: 1, max: 86_400 }), '30m'),
  /** How often it is asked again after it threw, answered nonsense or did not answer in time. */
  retries: z._default(z.int().check(z.gte(0), z.lte(10)), 2),
  /** What follows when it has not answered after all of that. */
  onFailure: z._default(z.enum(['fail-back', 'continue']), 'fail-back'),
})

const list = z.array(hookSchema).check(z.maxLength(5, 'has more than 5 hooks'))

/** Functions by the point at which they are asked, one after the other. */
export const hooksSchema = z.strictObject({
  /** Once the candidate is ready, before it gets any traffic. */
  beforeTraffic: z._default(list, []),
  /** Once a step is passed, before the next one. */
  afterStep: z._default(list, []),
  /** Once the last step is passed. */
  beforePromote: z._default(list, []),
  /** Once the routing is restored; changes nothing any more. */
  afterFailBack: z._default(list, []),
})

export type HookDefinition = z.output<typeof hookSchema>
export type Hooks = z.output<typeof hooksSchema>

/** Seconds that the hooks of a point may stay in progress, one after the other. */
export function patience(hooks: Hooks, point: HookPoint): number {
  return hooks[point].reduce((sum, { deadline }) => sum + deadline, 0)
}
