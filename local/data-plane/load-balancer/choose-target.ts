import type { ForwardActionConfig } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Elbv2State, Target } from '../../services/elbv2/state.ts'
import { createWeightedChoice } from '../weighted-choice.ts'
import { heldTargetGroup, stickinessCookie } from './stickiness.ts'

export type TargetChoice =
  | {
      readonly kind: 'target'
      readonly targetGroupArn: string
      readonly target: Target
      readonly cookie: string | undefined
    }
  /** The chosen group has no targets: 503, also where another group has some. */
  | { readonly kind: 'none'; readonly targetGroupArn: string | undefined }

/** Chooses a target group by weight, then a target of it in turn. */
export function createTargetChoice(state: Elbv2State, random: () => number) {
  const byPlace = new Map<string, ReturnType<typeof createWeightedChoice>>()
  const turns = new Map<string, number>()

  return function choose(
    place: string,
    config: ForwardActionConfig,
    cookies: string | undefined,
  ): TargetChoice {
    const now = Date.now()
    const targetGroupArn = heldTargetGroup(config, cookies, now) ?? byWeight(place, config)
    const target = targetGroupArn === undefined ? undefined : inTurn(targetGroupArn)
    if (targetGroupArn === undefined || target === undefined) {
      return { kind: 'none', targetGroupArn }
    }
    const cookie = stickinessCookie(config, targetGroupArn, now)
    return { kind: 'target', targetGroupArn, target, cookie }
  }

  function byWeight(place: string, config: ForwardActionConfig): string | undefined {
    const choice = byPlace.get(place) ?? createWeightedChoice(random)
    byPlace.set(place, choice)
    return choice(
      (config.TargetGroups ?? []).map(({ TargetGroupArn = '', Weight = 1 }) => ({
        key: TargetGroupArn,
        weight: Weight,
      })),
    )
  }

  function inTurn(targetGroupArn: string): Target | undefined {
    const candidates = eligible([
      ...(state.targetGroups.get(targetGroupArn)?.targets.values() ?? []),
    ])
    const turn = turns.get(targetGroupArn) ?? 0
    turns.set(targetGroupArn, turn + 1)
    return candidates[turn % candidates.length]
  }
}

/** Healthy targets; where there are none, all that are registered: a load balancer fails open. */
function eligible(targets: readonly Target[]): readonly Target[] {
  const registered = targets.filter(({ health }) => health.state !== 'draining')
  const healthy = registered.filter(({ health }) => health.state === 'healthy')
  return healthy.length > 0 ? healthy : registered
}
