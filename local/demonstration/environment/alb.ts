import { CreateRuleCommand, DescribeRulesCommand } from '@aws-sdk/client-elastic-load-balancing-v2'
import { definitionOf } from './definition.ts'
import type { CreateEnvironment } from './environment.ts'
import { createListener, createLoadBalancer, createTargetGroup } from './load-balancers.ts'
import { CLUSTER, createServices, required } from './services.ts'

const CANARY = 'shop-alb'
const HOST = 'shop.example.com'

/** One load balancer, and a rule of its listener that forwards to a target group of each slot. */
export const createAlbEnvironment: CreateEnvironment = async (clients, { seed, readyTimeout }) => {
  const { elbv2 } = clients
  const targetGroups = {
    blue: await createTargetGroup(clients, `${CANARY}-blue`),
    green: await createTargetGroup(clients, `${CANARY}-green`),
  }
  const loadBalancer = await createLoadBalancer(clients, CANARY)
  const listener = await createListener(clients, loadBalancer, {
    Type: 'fixed-response',
    FixedResponseConfig: {
      StatusCode: '404',
      ContentType: 'text/plain',
      MessageBody: 'no such host',
    },
  })
  const { Rules } = await elbv2.send(
    new CreateRuleCommand({
      ListenerArn: listener,
      Priority: 10,
      Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: [HOST] } }],
      Actions: [
        {
          Type: 'forward',
          ForwardConfig: {
            TargetGroups: [
              { TargetGroupArn: targetGroups.blue, Weight: 100 },
              { TargetGroupArn: targetGroups.green, Weight: 0 },
            ],
          },
        },
      ],
    }),
  )
  const rule = required(Rules?.[0]?.RuleArn, 'a rule has an ARN')
  const services = await createServices(clients, {
    canary: CANARY,
    targetGroups,
    first: { version: '1.0', environment: {} },
    seed,
  })
  const loadBalancers = { blue: loadBalancer, green: loadBalancer }
  return {
    router: 'alb',
    canary: CANARY,
    cluster: CLUSTER,
    services,
    definition: definitionOf({
      canary: CANARY,
      cluster: CLUSTER,
      services,
      targetGroups,
      loadBalancers,
      readyTimeout,
      router: { type: 'alb', rule },
    }),
    host: HOST,
    entrance: { kind: 'listener', listener },
    async readWeights() {
      const described = await elbv2.send(new DescribeRulesCommand({ RuleArns: [rule] }))
      const action = described.Rules?.[0]?.Actions?.find(({ Type }) => Type === 'forward')
      const weightOf = (arn: string) =>
        action?.ForwardConfig?.TargetGroups?.find(({ TargetGroupArn }) => TargetGroupArn === arn)
          ?.Weight ?? 0
      return { blue: weightOf(targetGroups.blue), green: weightOf(targetGroups.green) }
    },
    commands: [`elbv2 describe-rules --listener-arn ${listener}`],
  }
}
