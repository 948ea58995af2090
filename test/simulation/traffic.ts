import type { Slot } from '../../core/model/slot.ts'
import { SLOTS } from '../../core/model/slot.ts'
import type { LocalAws } from '../../local/aws.ts'
import { RECORD, type Surroundings } from '../fixtures/in-process/environment.ts'

export type Weights = Readonly<Record<Slot, number>>

/** The weights as they stand in the router, whoever wrote them; in one go, without a request. */
export function weightsNow(
  aws: LocalAws,
  { router, targetGroups }: Pick<Surroundings, 'router' | 'targetGroups'>,
): Weights {
  if (router.type === 'route53') {
    const records = [...(aws.route53.state.zones.get(router.hostedZone ?? '')?.records ?? [])]
    const of = (slot: Slot) =>
      records.find(
        ([, { Name, Type, SetIdentifier }]) =>
          Name?.startsWith(RECORD) && Type === 'A' && SetIdentifier === slot,
      )?.[1].Weight ?? 0
    return { blue: of('blue'), green: of('green') }
  }
  const { rules, listeners } = aws.elbv2.state
  const actions =
    rules.get(router.rule ?? '')?.actions ??
    listeners.get(router.listener ?? '')?.defaultActions ??
    []
  const groups = actions.at(-1)?.ForwardConfig?.TargetGroups ?? []
  const of = (slot: Slot) =>
    groups.find(({ TargetGroupArn }) => TargetGroupArn === targetGroups[slot])?.Weight ?? 0
  return { blue: of('blue'), green: of('green') }
}

const PERIOD = 10_000
const PER_PERIOD = 200

/** Requests and errors of both slots, as their metrics show them. */
export function simulateMetrics(
  aws: LocalAws,
  weights: () => Weights,
  badPercent: (slot: Slot) => number,
): void {
  setInterval(() => {
    const { blue, green } = weights()
    const now = Date.now()
    for (const slot of SLOTS) {
      const total = Math.round((PER_PERIOD * (slot === 'blue' ? blue : green)) / (blue + green))
      if (!(total > 0)) continue
      const bad = Math.round((total * badPercent(slot)) / 100)
      aws.cloudwatch.record('Shop', 'Requests', { Slot: slot }, total, now - PERIOD / 2)
      if (bad > 0) aws.cloudwatch.record('Shop', 'Errors', { Slot: slot }, bad, now - PERIOD / 2)
    }
  }, PERIOD)
}
