import * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import * as route53 from 'aws-cdk-lib/aws-route53'
import { LoadBalancerTarget } from 'aws-cdk-lib/aws-route53-targets'
import { Construct } from 'constructs'
import {
  type BySlot,
  bySlot,
  createListener,
  createLoadBalancer,
  createTargetGroup,
  initialWeights,
  SLOTS,
} from './entrance.ts'
import { type EnvironmentProps, EnvironmentStack } from './environment-stack.ts'
import { createCanary } from './shop-canary.ts'

export const ROUTE53_STACK = 'SluiceExampleRoute53'

export interface Route53StackProps extends EnvironmentProps {
  /** Of the zone that the stack makes. A name of your own, once you have pointed it at the zone's name servers. */
  readonly zoneName?: string
}

/** A load balancer for each slot, behind weighted alias records of one name. */
export class Route53Stack extends EnvironmentStack {
  constructor(scope: Construct, id: string, props: Route53StackProps) {
    super(scope, id, props)
    const { canaries = 1, zoneName = 'sluice.test' } = props
    const zone = new route53.PublicHostedZone(this, 'Zone', {
      zoneName,
      comment: 'Weights of the canaries in it belong to Sluice',
    })
    this.tell(1, { HostedZoneId: zone.hostedZoneId })
    for (let number = 1; number <= canaries; number += 1) this.createPair(number, zone, props)
  }

  private createPair(number: number, zone: route53.IHostedZone, props: Route53StackProps): void {
    const scope = new Construct(this, number === 1 ? 'Shop' : `Shop${number}`)
    const suffix = number === 1 ? '' : `-${number}`
    const canary = `shop-route53${suffix}`
    const entrances = bySlot((slot) => this.createEntrance(scope, slot, props))
    const record = `shop${suffix}.${zone.zoneName}`
    const records = this.createRecords(scope, zone, record, entrances)
    const targetGroups = bySlot((slot) => entrances[slot].targetGroup)
    const services = this.createServices(scope, canary, targetGroups)
    const created = createCanary(scope, {
      controller: this.controller,
      name: canary,
      services,
      targetGroups,
      loadBalancers: bySlot((slot) => entrances[slot].loadBalancer),
      router: { hostedZone: zone, record, aliasTtl: this.durations.aliasTtl },
      durations: this.durations,
    })
    created.node.addDependency(...records)
    this.createDeployRole(scope, number, canary, services)
    this.tell(number, {
      CanaryName: canary,
      RecordName: record,
      BlueServiceName: services.blue.service.serviceName,
      GreenServiceName: services.green.service.serviceName,
      BlueTargetGroupArn: targetGroups.blue.targetGroupArn,
      GreenTargetGroupArn: targetGroups.green.targetGroupArn,
      BlueListenerArn: entrances.blue.listener.listenerArn,
      GreenListenerArn: entrances.green.listener.listenerArn,
    })
  }

  private createEntrance(scope: Construct, slot: 'blue' | 'green', props: Route53StackProps) {
    const own = new Construct(scope, slot === 'blue' ? 'BlueEntrance' : 'GreenEntrance')
    const loadBalancer = createLoadBalancer(own, 'LoadBalancer', this.network)
    const targetGroup = createTargetGroup(own, 'Targets', this.network, this.durations)
    const listener = createListener(loadBalancer, this.network, {
      certificateArn: props.certificateArn,
      defaultAction: elb.ListenerAction.forward([targetGroup]),
    })
    return { loadBalancer, targetGroup, listener }
  }

  /**
   * As with a listener's rule, CloudFormation would write the weights again along with whatever else changes in a record.
   * The health of the targets is not evaluated: Route 53 would answer with a slot of weight zero when the live one has no
   * healthy target, and send everybody to a version that nobody rolled out. Where traffic goes is Sluice's to say.
   */
  private createRecords(
    scope: Construct,
    zone: route53.IHostedZone,
    recordName: string,
    entrances: BySlot<{ readonly loadBalancer: elb.ApplicationLoadBalancer }>,
  ): readonly route53.ARecord[] {
    const weights = initialWeights(this.live)
    return SLOTS.map(
      (slot) =>
        new route53.ARecord(scope, slot === 'blue' ? 'BlueRecord' : 'GreenRecord', {
          zone,
          recordName,
          setIdentifier: slot,
          weight: weights[slot],
          target: route53.RecordTarget.fromAlias(
            new LoadBalancerTarget(entrances[slot].loadBalancer, { evaluateTargetHealth: false }),
          ),
        }),
    )
  }
}
