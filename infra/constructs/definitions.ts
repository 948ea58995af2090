import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import type { RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Provider } from 'aws-cdk-lib/custom-resources'
import type { Construct } from 'constructs'
import { functionIdentity } from './function-identity.ts'

/**
 * What CloudFormation tells of a canary's definition: CDK's provider framework, which calls `define` and answers
 * CloudFormation for it, also where `define` fails. One invocation each, and nothing waits in between.
 */
export function createDefinitions(
  scope: Construct,
  define: IFunction,
  props: { readonly controllerName: string; readonly logRetention: RetentionDays },
): Provider {
  const { functionName, role, logGroup } = functionIdentity(scope, 'definitions', props, [
    new PolicyStatement({
      // It asks whether the function is ready before it calls a second time.
      actions: ['lambda:InvokeFunction', 'lambda:GetFunction'],
      resources: [define.functionArn],
    }),
  ])
  return new Provider(scope, 'Definitions', {
    onEventHandler: define,
    providerFunctionName: functionName,
    frameworkOnEventRole: role,
    logGroup,
  })
}
