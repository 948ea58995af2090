import { Stack } from 'aws-cdk-lib'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { describe, expect, it } from 'vitest'
import { RolloutNotifications } from '../../infra/constructs/rollout-notifications.ts'
import { newApp, resourcesOf as resourcesIn } from './canary-scene.ts'
import { at, onlyResource, resourcesOf, target } from './template.ts'

const [topicId] = resourcesOf('AWS::SNS::Topic')[0] ?? []
const [ruleId, rule] =
  resourcesOf('AWS::Events::Rule').find(([id]) => id.includes('Notifications')) ?? []

describe('news of rollouts', () => {
  it('are every lifecycle event, told in a sentence', () => {
    expect(rule?.Properties.EventPattern).toEqual({
      source: ['sluice'],
      'detail-type': ['Canary Rollout State Change'],
    })
    expect(at(rule?.Properties, 'Targets', 0, 'InputTransformer', 'InputTemplate')).toBe(
      '"[<detail-severity>] <detail-message> <detail-link>"',
    )
    expect(target(at(rule?.Properties, 'Targets', 0, 'Arn'))).toBe(topicId)
  })

  it('may be published by this rule and by these alarms, over TLS, and by nobody else', () => {
    const { PolicyDocument } = onlyResource('AWS::SNS::TopicPolicy').Properties
    const statements = at(PolicyDocument, 'Statement') as Record<string, unknown>[]
    const allowed = statements.filter(({ Effect }) => Effect === 'Allow')
    expect(allowed.map(({ Principal }) => at(Principal, 'Service')).sort()).toEqual([
      'cloudwatch.amazonaws.com',
      'events.amazonaws.com',
    ])
    for (const { Action, Condition } of allowed) {
      expect(Action).toBe('sns:Publish')
      expect(at(Condition, 'ArnEquals', 'aws:SourceArn')).toBeDefined()
    }
    const [denied] = statements.filter(({ Effect }) => Effect === 'Deny')
    expect(denied?.Condition).toEqual({ Bool: { 'aws:SecureTransport': 'false' } })
  })

  it('that cannot be published are kept, where this rule may put them', () => {
    const queue = target(at(rule?.Properties, 'Targets', 0, 'DeadLetterConfig', 'Arn'))
    const [, policy] =
      resourcesOf('AWS::SQS::QueuePolicy').find(
        ([, { Properties }]) => target(at(Properties, 'Queues', 0)) === queue,
      ) ?? []
    expect(JSON.stringify(policy?.Properties)).toContain(`"Fn::GetAtt":["${ruleId}","Arn"]`)
  })

  it('reach whoever the alarms tell', () => {
    for (const [, { Properties }] of resourcesOf('AWS::CloudWatch::Alarm')) {
      expect((Properties.AlarmActions as unknown[]).map(target)).toEqual([topicId])
    }
  })

  it('may be of some canaries and some changes only, in a stack of their own', () => {
    const app = newApp()
    const stack = new Stack(app, 'Chat')
    new RolloutNotifications(stack, 'Failures', {
      topic: new Topic(stack, 'Topic'),
      canaries: ['web'],
      states: ['failed-back', 'held'],
      severities: ['critical'],
    })
    const rules = Object.values(resourcesIn(app, 'Chat')).filter(
      ({ Type }) => Type === 'AWS::Events::Rule',
    )
    expect(at(rules[0]?.Properties.EventPattern, 'detail')).toEqual({
      canary: ['web'],
      state: ['failed-back', 'held'],
      severity: ['critical'],
    })
  })
})
