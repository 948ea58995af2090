import type { Target } from '@aws-sdk/client-eventbridge'
import { on } from '../../wire/authorization.ts'
import { type Iam, sessionArn } from '../iam/index.ts'
import type { Rule } from './state.ts'

/** What EventBridge does with a target, by the service in its ARN; the target's own policy has to allow it. */
const ACTIONS: Readonly<Record<string, string>> = {
  lambda: 'lambda:InvokeFunction',
  sqs: 'sqs:SendMessage',
  sns: 'sns:Publish',
}

/**
 * State machines have no policies: a rule starts them as the role of the target.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
 * @throws {AccessDenied}
 */
export function requireDelivery(iam: Iam | undefined, rule: Rule, target: Target): void {
  const { Arn: arn = '', RoleArn: roleArn } = target
  if (arn.split(':')[2] !== 'states') {
    requireOnTarget(iam, rule, arn)
    return
  }
  const session = { roleArn: roleArn ?? '', name: rule.name, tags: {} }
  iam?.require(
    { kind: 'session', session: { ...session, arn: sessionArn(session.roleArn, rule.name) } },
    ...on('states:StartExecution', arn),
  )
}

/** @throws {AccessDenied} */
export function requireOnTarget(iam: Iam | undefined, rule: Rule, arn: string): void {
  const action = ACTIONS[arn.split(':')[2] ?? ''] ?? `${arn.split(':')[2]}:unknown`
  const events = { kind: 'service', name: 'events.amazonaws.com', sourceArn: rule.arn } as const
  iam?.require(events, ...on(action, arn.replace(/:\$LATEST$/, '')))
}
