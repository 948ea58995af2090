import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib'
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
    this.controller = new CanaryController(this, 'Controller', { bundles })
    const { table, workflow, functions } = this.controller
    new CfnOutput(this, 'TableName', { value: table.tableName })
    new CfnOutput(this, 'StateMachineArn', { value: workflow.stateMachineArn })
    new CfnOutput(this, 'SignalFunctionName', { value: functions.signal.functionName })
  }
}
