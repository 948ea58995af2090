import { CfnOutput, Stack, type StackProps, Validations } from 'aws-cdk-lib'
import { Topic } from 'aws-cdk-lib/aws-sns'
import type { Construct } from 'constructs'
import type { FunctionBundles } from '../bundling/bundle-functions.ts'
import { CanaryController } from '../constructs/canary-controller.ts'

export interface ControllerStackProps extends StackProps {
  readonly bundles: FunctionBundles
}

/** A stack with the controller alone: for who has no CDK app of their own, and for local runs. */
export class ControllerStack extends Stack {
  readonly controller: CanaryController

  constructor(scope: Construct, id: string, { bundles, ...props }: ControllerStackProps) {
    super(scope, id, props)
    const topic = new Topic(this, 'News', { enforceSSL: true })
    Validations.of(topic).acknowledge({
      id: 'AwsSolutions-SNS2',
      reason:
        'CloudWatch and EventBridge cannot publish with the key of SNS, and a key of its own would cost a dollar a month, about what all of Sluice costs at rest; the news are names, weights and reasons',
    })
    this.controller = new CanaryController(this, 'Controller', {
      bundles,
      alarmTopic: topic,
      notifications: topic,
    })
    const { table, workflow, functions } = this.controller
    new CfnOutput(this, 'TableName', { value: table.tableName })
    new CfnOutput(this, 'StateMachineArn', { value: workflow.stateMachineArn })
    new CfnOutput(this, 'NewsTopicArn', { value: topic.topicArn })
    new CfnOutput(this, 'SignalFunctionName', { value: functions.signal.functionName })
  }
}
