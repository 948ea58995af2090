import type { Action, TargetGroupTuple } from '@aws-sdk/client-elastic-load-balancing-v2'
import { RouterError } from '../core/errors.ts'
import type { SlotWeights } from '../core/model/routing.ts'
import { SLOTS, type Slot } from '../core/model/slot.ts'
import type { Strangers } from '../core/ports.ts'

/** The slots' target groups by ARN. */
export type SlotTargetGroups = Readonly<Record<Slot, string>>

/**
 * The weights of the forward action among the actions of a rule or a listener.
 * @param place the rule's or listener's ARN, for messages.
 * @throws {RouterError} unless exactly one action forwards, to the two slots' target groups; and to no other, unless
 * these are kept.
 */
export function weightsOf(
  actions: readonly Action[],
  groups: SlotTargetGroups,
  place: string,
  strangers: Strangers = 'refused',
): SlotWeights {
  const tuples = forwardedTo(actions, groups, place, strangers)
  const weightOf = (slot: Slot) => {
    const weight = tuples.find((tuple) => tuple.TargetGroupArn === groups[slot])?.Weight
    if (weight === undefined) {
      throw new RouterError(
        `${place} forwards to ${groups[slot]} without a weight; give it one, 0 for a new slot`,
      )
    }
    return weight
  }
  return { blue: weightOf('blue'), green: weightOf('green') }
}

/**
 * The full list of actions with other weights: what ModifyRule and ModifyListener take. Everything else stays as it
 * was read, authentication, order and stickiness included.
 */
export function withWeights(
  actions: readonly Action[],
  groups: SlotTargetGroups,
  weights: SlotWeights,
  place: string,
  strangers: Strangers = 'refused',
): Action[] {
  const tuples = forwardedTo(actions, groups, place, strangers)
  const changed = tuples.map((tuple) => {
    const slot = SLOTS.find((name) => groups[name] === tuple.TargetGroupArn)
    return slot ? { ...tuple, Weight: weights[slot] } : tuple
  })
  return actions.map((action) =>
    action.Type === 'forward'
      ? { ...action, ForwardConfig: { ...action.ForwardConfig, TargetGroups: changed } }
      : withSecret(action),
  )
}

/** Reading leaves out the client's secret; writing the action back without this would ask for it. */
function withSecret(action: Action): Action {
  if (!action.AuthenticateOidcConfig) return action
  const { ClientSecret: _, ...config } = action.AuthenticateOidcConfig
  return { ...action, AuthenticateOidcConfig: { ...config, UseExistingClientSecret: true } }
}

/** The target groups that the one forward action names. */
function forwardedTo(
  actions: readonly Action[],
  groups: SlotTargetGroups,
  place: string,
  strangers: Strangers,
): readonly TargetGroupTuple[] {
  const forwards = actions.filter((action) => action.Type === 'forward')
  const [forward] = forwards
  const wanted = `make it forward to ${groups.blue} and ${groups.green} with weights, the live one above 0`
  if (!forward || forwards.length > 1) {
    const standing = actions.map((action) => action.Type).join(', ') || 'no action'
    throw new RouterError(`${place} has ${standing} where one forward action is needed; ${wanted}`)
  }
  const tuples = forward.ForwardConfig?.TargetGroups ?? []
  const arns = tuples.map((tuple) => tuple.TargetGroupArn)
  if (tuples.length === 0 && forward.TargetGroupArn) arns.push(forward.TargetGroupArn)
  const foreign = arns.filter((arn) => arn !== groups.blue && arn !== groups.green)
  if (foreign.length > 0 && strangers === 'refused') {
    throw new RouterError(
      `${place} also forwards to ${foreign.join(', ')}, which is no slot of this canary; remove it there or correct slots.*.targetGroup in the definition`,
    )
  }
  const own = tuples.filter(({ TargetGroupArn }) => !foreign.includes(TargetGroupArn))
  if (own.length !== 2 || new Set(arns).size !== tuples.length) {
    throw new RouterError(
      `${place} forwards to ${arns.join(', ') || 'nothing'} alone, which leaves nothing to weigh; ${wanted}`,
    )
  }
  return tuples
}
