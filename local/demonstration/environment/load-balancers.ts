import {
  type Action,
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Clients } from '../clients.ts'
import { required } from './services.ts'

type Given = Pick<Clients, 'elbv2'>

export async function createTargetGroup({ elbv2 }: Given, name: string): Promise<string> {
  const { TargetGroups } = await elbv2.send(
    new CreateTargetGroupCommand({
      Name: name,
      Protocol: 'HTTP',
      Port: 8080,
      TargetType: 'ip',
      HealthCheckPath: '/health',
      HealthCheckIntervalSeconds: 1,
      HealthCheckTimeoutSeconds: 1,
      HealthyThresholdCount: 2,
      UnhealthyThresholdCount: 2,
    }),
  )
  return required(TargetGroups?.[0]?.TargetGroupArn, 'a target group has an ARN')
}

export async function createLoadBalancer({ elbv2 }: Given, name: string): Promise<string> {
  const { LoadBalancers } = await elbv2.send(new CreateLoadBalancerCommand({ Name: name }))
  return required(LoadBalancers?.[0]?.LoadBalancerArn, 'a load balancer has an ARN')
}

export async function createListener(
  { elbv2 }: Given,
  loadBalancer: string,
  action: Action,
): Promise<string> {
  const { Listeners } = await elbv2.send(
    new CreateListenerCommand({
      LoadBalancerArn: loadBalancer,
      Protocol: 'HTTP',
      Port: 80,
      DefaultActions: [action],
    }),
  )
  return required(Listeners?.[0]?.ListenerArn, 'a listener has an ARN')
}
