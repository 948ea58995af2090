import * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import { Construct } from 'constructs'
import {
  createListener,
  createLoadBalancer,
  createTargetGroup,
  initialWeights,
} from './entrance.ts'
import { type EnvironmentProps, EnvironmentStack } from './environment-stack.ts'
import { createCanary } from './shop-canary.ts'

export const ALB_STACK = 'SluiceExampleAlb'
const DOMAIN = 'example.com'

/** One load balancer, and for each canary a rule of its listener with a target group for each slot. */
export class AlbStack extends EnvironmentStack {
  constructor(scope: Construct, id: string, props: EnvironmentProps) {
    super(scope, id, props)
    const { canaries = 1, certificateArn } = props
    const loadBalancer = createLoadBalancer(this, 'LoadBalancer', this.network)
    const listener = createListener(loadBalancer, this.network, {
      certificateArn,
      // What no rule is for. It has no weights, so nobody minds if CloudFormation writes it again.
      defaultAction: elb.ListenerAction.fixedResponse(404, {
        contentType: 'text/plain',
        messageBody: 'no such host',
      }),
    })
    this.tell(1, {
      ListenerArn: listener.listenerArn,
      LoadBalancerArn: loadBalancer.loadBalancerArn,
    })
    for (let number = 1; number <= canaries; number += 1)
      this.createPair(number, loadBalancer, listener)
  }

  private createPair(
    number: number,
    loadBalancer: elb.ApplicationLoadBalancer,
    listener: elb.ApplicationListener,
  ): void {
    const scope = new Construct(this, number === 1 ? 'Shop' : `Shop${number}`)
    const suffix = number === 1 ? '' : `-${number}`
    const canary = `shop-alb${suffix}`
    const blue = createTargetGroup(scope, 'BlueTargets', this.network, this.durations)
    const green = createTargetGroup(scope, 'GreenTargets', this.network, this.durations)
    const weights = initialWeights(this.live)
    /**
     * The rule has its weights from here only when it is created. It says nothing that anybody has a reason to change, since
     * CloudFormation would write these weights again along with whatever changed: docs/guide/weights.md.
     */
    const rule = new elb.ApplicationListenerRule(scope, 'Rule', {
      listener,
      priority: 10 * number,
      conditions: [elb.ListenerCondition.hostHeaders([`shop${suffix}.${DOMAIN}`])],
      action: elb.ListenerAction.weightedForward([
        { targetGroup: blue, weight: weights.blue },
        { targetGroup: green, weight: weights.green },
      ]),
    })
    const services = this.createServices(scope, canary, { blue, green })
    createCanary(scope, {
      controller: this.controller,
      name: canary,
      services,
      targetGroups: { blue, green },
      loadBalancers: { blue: loadBalancer, green: loadBalancer },
      router: { rule },
      durations: this.durations,
    })
    this.createDeployRole(scope, number, canary, services)
    this.tell(number, {
      CanaryName: canary,
      HostName: `shop${suffix}.${DOMAIN}`,
      RuleArn: rule.listenerRuleArn,
      BlueServiceName: services.blue.service.serviceName,
      GreenServiceName: services.green.service.serviceName,
      BlueTargetGroupArn: blue.targetGroupArn,
      GreenTargetGroupArn: green.targetGroupArn,
    })
  }
}
