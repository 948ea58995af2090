import type {
  IApplicationLoadBalancer,
  IApplicationTargetGroup,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import type { Construct } from 'constructs'
import { Canary } from '../constructs/canary.ts'
import type { ICanaryController } from '../constructs/controller-reference.ts'
import type { CanaryCheck, CanaryRouter } from '../constructs/definition-input.ts'
import type { Durations } from './durations.ts'
import type { BySlot, Slot } from './entrance.ts'
import type { SlotService } from './slot-service.ts'

/** An answer that takes longer is slow. Of the share of slow ones, and of errors, the live slot says what is normal. */
const SLOW = '500ms'

export interface ShopCanaryProps {
  readonly controller: ICanaryController
  readonly name: string
  readonly services: BySlot<SlotService>
  readonly targetGroups: BySlot<IApplicationTargetGroup>
  readonly loadBalancers: BySlot<IApplicationLoadBalancer>
  readonly router: CanaryRouter
  readonly durations: Durations
}

/** The canary of a pair: crashes, health of the targets, and the candidate's errors and slow answers beside the live slot's. */
export function createCanary(scope: Construct, props: ShopCanaryProps): Canary {
  const { controller, name, services, targetGroups, loadBalancers, router } = props
  const { plan, interval, ready, capacityDeadline, maxExtension, holdTimeout } = props.durations
  const slot = (which: Slot) => ({
    service: services[which].service,
    targetGroup: targetGroups[which],
    loadBalancer: loadBalancers[which],
  })
  return new Canary(scope, 'Canary', {
    controller,
    name,
    blue: slot('blue'),
    green: slot('green'),
    router,
    plan,
    interval,
    checks: [{ type: 'ecs' }, { type: 'targets' }, ...comparisons(props.durations)],
    ready,
    // The candidate gets as many tasks as its next share needs before it gets the share; a fail back gives them back.
    capacity: { policy: 'scale', deadline: capacityDeadline },
    maxExtension,
    holdTimeout,
    onInconclusive: 'fail-back',
  })
}

function comparisons({ metric }: Durations): CanaryCheck[] {
  return [
    { type: 'compare', name: 'errors', ...metric },
    { type: 'compare', name: 'slow-requests', slowerThan: SLOW, ...metric },
  ]
}
