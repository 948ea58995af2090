import { describe, expect, it } from 'vitest'
import { DURATIONS } from '../../infra/example/durations.ts'
import { PACES } from '../../infra/example/paces.ts'
import { definitionsIn, environment, LAYOUTS, ofType, referred } from './example-template.ts'
import { at, target } from './template.ts'

const BOUNDS = { min: 3, max: 9 }

describe.each(LAYOUTS)('autoscaling behind %s does not fight the canary:', (layout) => {
  const resources = environment(layout, { tasks: BOUNDS, initialTasks: 4 })
  const targets = ofType(resources, 'AWS::ApplicationAutoScaling::ScalableTarget')
  const policies = ofType(resources, 'AWS::ApplicationAutoScaling::ScalingPolicy')
  const steps = policies.filter(([, { Properties }]) => Properties.PolicyType === 'StepScaling')
  const tracking = policies.filter(
    ([, { Properties }]) => Properties.PolicyType === 'TargetTrackingScaling',
  )
  const alarms = ofType(resources, 'AWS::CloudWatch::Alarm')

  it('either slot may come to carry everything, so both have the same bounds', () => {
    expect(
      targets.map(([, { Properties }]) => [Properties.MinCapacity, Properties.MaxCapacity]),
    ).toEqual([
      [3, 9],
      [3, 9],
    ])
  })

  it('blue begins with its tasks, and green without any', () => {
    const counts = ofType(resources, 'AWS::ECS::Service').map(
      ([, { Properties }]) => Properties.DesiredCount,
    )
    expect(counts).toEqual([4, 0])
    expect(BOUNDS.min).toBeLessThanOrEqual(4)
  })

  it.each(tracking)('%s adds tasks and never takes any', (_, { Properties }) => {
    const configuration = Properties.TargetTrackingScalingPolicyConfiguration
    expect(at(configuration, 'DisableScaleIn')).toBe(true)
    expect(at(configuration, 'PredefinedMetricSpecification', 'PredefinedMetricType')).toBe(
      'ALBRequestCountPerTarget',
    )
  })

  it.each(steps)('%s takes one task at a time', (_, { Properties }) => {
    expect(Properties.StepScalingPolicyConfiguration).toMatchObject({
      AdjustmentType: 'ChangeInCapacity',
      StepAdjustments: [{ MetricIntervalUpperBound: 0, ScalingAdjustment: -1 }],
    })
  })

  it('only alarms of each slot’s own requests take tasks', () => {
    const acting = alarms.map(([, { Properties }]) =>
      (Properties.AlarmActions as unknown[]).map(target),
    )
    expect(acting.flat().sort()).toEqual(steps.map(([id]) => id).sort())
    expect(alarms).toHaveLength(2)
  })

  it.each(alarms)(
    '%s is silent for a slot without traffic, which may be about to get some',
    (_, { Properties }) => {
      expect(Properties).toMatchObject({
        MetricName: 'RequestCountPerTarget',
        Statistic: 'Sum',
        ComparisonOperator: 'LessThanThreshold',
        TreatMissingData: 'notBreaching',
      })
    },
  )
})

describe.each(LAYOUTS)('the canaries behind %s', (layout) => {
  it.each(PACES)('are scaled in only after their longest rollout at a pace of %s', (pace) => {
    const resources = environment(layout, { pace })
    const [definition] = definitionsIn(resources)
    if (!definition) throw new Error('there is no definition')
    const longest = definition.plan.reduce(
      (sum, { bake }) => sum + bake + definition.maxExtension,
      0,
    )
    for (const [, { Properties }] of ofType(resources, 'AWS::CloudWatch::Alarm')) {
      const looksBack = Number(Properties.EvaluationPeriods) * Number(Properties.Period)
      expect(looksBack).toBeGreaterThan(longest)
      // More is not to be had of an alarm with periods below an hour.
      expect(looksBack).toBeLessThanOrEqual(86_400)
    }
  })

  it('get the tasks that their next share needs from Sluice', () => {
    const [definition] = definitionsIn(environment(layout))
    expect(definition?.capacity.policy).toBe('scale')
  })

  it.each(PACES)('say at a pace of %s what the environment says', (pace) => {
    const resources = environment(layout, { pace, canaries: 2 })
    const definitions = definitionsIn(resources)
    expect(definitions.map(({ canary }) => canary)).toEqual([`shop-${layout}`, `shop-${layout}-2`])
    for (const definition of definitions) {
      expect(definition.plan).toHaveLength(DURATIONS[pace].plan.length)
      expect(definition.checks.map(({ type }) => type)).toEqual([
        'ecs',
        'targets',
        'compare',
        'compare',
      ])
    }
    for (const [, { Properties }] of ofType(resources, 'AWS::ECS::Service')) {
      const [{ TargetGroupArn }] = Properties.LoadBalancers as [{ TargetGroupArn: unknown }]
      expect(referred(resources, TargetGroupArn).Type).toBe(
        'AWS::ElasticLoadBalancingV2::TargetGroup',
      )
    }
  })
})
