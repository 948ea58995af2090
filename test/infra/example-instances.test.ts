import { describe, expect, it } from 'vitest'
import { attribute, environment, LAYOUTS, listAt, ofType } from './example-template.ts'
import { at, target } from './template.ts'

describe.each(LAYOUTS)('the example behind %s, on instances', (layout) => {
  const resources = environment(layout, { capacity: 'ec2' })
  const only = (type: string) => {
    const [[, resource] = [], ...others] = ofType(resources, type)
    if (!resource || others.length > 0) throw new Error(`there is not exactly one ${type}`)
    return resource
  }

  it('asks for as many instances as its tasks need, and drains one before it ends', () => {
    expect(only('AWS::ECS::CapacityProvider').Properties.AutoScalingGroupProvider).toMatchObject({
      ManagedScaling: { Status: 'ENABLED' },
      ManagedTerminationProtection: 'ENABLED',
      ManagedDraining: 'ENABLED',
    })
    const provider = ofType(resources, 'AWS::ECS::CapacityProvider')[0]?.[0]
    for (const [, { Properties }] of ofType(resources, 'AWS::ECS::Service')) {
      expect(Properties.LaunchType).not.toBe('FARGATE')
      const [strategy] = Properties.CapacityProviderStrategy as unknown[]
      expect(target(at(strategy, 'CapacityProvider'))).toBe(provider)
    }
  })

  it('replaces them regularly, a few at a time, new ones first, by ones with the newest image', () => {
    const schedule = only('AWS::Scheduler::Schedule')
    expect(schedule.Properties.ScheduleExpression).toBe('rate(7 days)')
    const parts = at(schedule.Properties, 'Target', 'Input', 'Fn::Join', 1) as unknown[]
    const group = ofType(resources, 'AWS::AutoScaling::AutoScalingGroup')[0]?.[0] ?? ''
    const input = JSON.parse(
      parts.map((part) => (typeof part === 'string' ? part : target(part))).join(''),
    )
    expect(input).toMatchObject({
      AutoScalingGroupName: group,
      Strategy: 'Rolling',
      Preferences: { MinHealthyPercentage: 100, ScaleInProtectedInstances: 'Refresh' },
    })
    const data = only('AWS::EC2::LaunchTemplate').Properties.LaunchTemplateData
    expect(String(at(data, 'ImageId'))).toMatch(/^resolve:ssm:.*recommended\/image_id$/)
  })

  it('keeps instances private, encrypted, and their credentials from containers that would ask for them', () => {
    const template = only('AWS::EC2::LaunchTemplate')
    const data = template.Properties.LaunchTemplateData
    expect(at(data, 'MetadataOptions')).toMatchObject({
      HttpTokens: 'required',
      HttpPutResponseHopLimit: 1,
    })
    expect(at(data, 'BlockDeviceMappings', 0, 'Ebs', 'Encrypted')).toBe(true)
    const group = resources[String(target(at(data, 'SecurityGroupIds', 0)))]
    expect(group && listAt(group, 'SecurityGroupIngress')).toEqual([])
  })

  it('runs the same tasks behind the same target groups', () => {
    const fargate = environment(layout)
    const containers = (from: typeof resources) =>
      ofType(from, 'AWS::ECS::TaskDefinition').map(([, task]) =>
        listAt(task, 'ContainerDefinitions'),
      )
    expect(containers(resources)).toEqual(containers(fargate))
    for (const [, group] of ofType(resources, 'AWS::ElasticLoadBalancingV2::TargetGroup')) {
      expect(group.Properties.TargetType).toBe('ip')
      expect(
        attribute(group, 'TargetGroupAttributes', 'deregistration_delay.timeout_seconds'),
      ).toBe('30')
    }
  })
})
