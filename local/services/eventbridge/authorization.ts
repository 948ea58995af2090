import type { PutEventsRequest, PutTargetsRequest } from '@aws-sdk/client-eventbridge'
import { arnOf } from '../../account.ts'
import { type Authorization, on, onAll } from '../../wire/authorization.ts'
import { BUS, ruleArn } from './state.ts'

interface OfRule {
  readonly Name?: string
  readonly Rule?: string
}

const onRule =
  (action: string) =>
  ({ Name: name, Rule: rule }: OfRule) =>
    on(`events:${action}`, ruleArn(name ?? rule ?? ''))

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html */
export const authorization: Authorization = {
  // Each entry for itself: what allows one need not allow another.
  PutEvents: ({ Entries: entries = [] }: PutEventsRequest) =>
    entries.flatMap(({ Source: source = '', DetailType: type = '' }) =>
      on('events:PutEvents', arnOf('events', `event-bus/${BUS}`), {
        'events:source': source,
        'events:detail-type': type,
      }),
    ),
  PutRule: onRule('PutRule'),
  DescribeRule: onRule('DescribeRule'),
  ListRules: () => onAll('events:ListRules'),
  ListRuleNamesByTarget: () => onAll('events:ListRuleNamesByTarget'),
  DeleteRule: onRule('DeleteRule'),
  EnableRule: onRule('EnableRule'),
  DisableRule: onRule('DisableRule'),
  PutTargets: ({ Rule: rule, Targets: targets = [] }: PutTargetsRequest) =>
    on('events:PutTargets', ruleArn(rule ?? ''), {
      'events:TargetArn': targets.map(({ Arn: arn = '' }) => arn),
    }),
  RemoveTargets: onRule('RemoveTargets'),
  ListTargetsByRule: onRule('ListTargetsByRule'),
}
