import { DescribeRulesCommand } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Example } from './environment.ts'
import { outputsOf } from './outputs.ts'

const STACK = 'SluiceExampleAlb'

/** One load balancer, and a rule of its listener that forwards to a target group of each slot. */
export const albExample: Example = {
  stack: STACK,
  find({ elbv2 }, outputs) {
    const output = outputsOf(STACK, outputs)
    const rule = output('RuleArn')
    const targetGroups = {
      blue: output('BlueTargetGroupArn'),
      green: output('GreenTargetGroupArn'),
    }
    return {
      router: 'alb',
      stack: STACK,
      canary: output('CanaryName'),
      cluster: output('ClusterName'),
      services: { blue: output('BlueServiceName'), green: output('GreenServiceName') },
      host: output('HostName'),
      entrance: { kind: 'listener', listener: output('ListenerArn') },
      async readWeights() {
        const described = await elbv2.send(new DescribeRulesCommand({ RuleArns: [rule] }))
        const action = described.Rules?.[0]?.Actions?.find(({ Type }) => Type === 'forward')
        const weightOf = (arn: string) =>
          action?.ForwardConfig?.TargetGroups?.find(({ TargetGroupArn }) => TargetGroupArn === arn)
            ?.Weight ?? 0
        return { blue: weightOf(targetGroups.blue), green: weightOf(targetGroups.green) }
      },
      commands: [`elbv2 describe-rules --rule-arns ${rule}`],
    }
  },
}
