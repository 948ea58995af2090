import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../../infra/bundling/bundle-functions.ts'
import type { EnvironmentProps } from '../../infra/example/environment-stack.ts'
import { environment, LAYOUTS, type Layout, ofType, type Resources } from './example-template.ts'
import { at } from './template.ts'

/** What Sluice, autoscaling and pipelines change while the environment runs. */
const RUNNING = [
  'AWS::ElasticLoadBalancingV2::ListenerRule',
  'AWS::Route53::RecordSet',
  'AWS::ECS::Service',
]
const running = (resources: Resources) => RUNNING.flatMap((type) => ofType(resources, type))

/** The weights of blue and green that a template writes. */
function weights(layout: Layout, resources: Resources): readonly unknown[] {
  if (layout === 'route53') {
    return ofType(resources, 'AWS::Route53::RecordSet').map(([, { Properties }]) => [
      Properties.SetIdentifier,
      Properties.Weight,
    ])
  }
  const [[, rule] = []] = ofType(resources, 'AWS::ElasticLoadBalancingV2::ListenerRule')
  if (!rule) throw new Error('there is no rule')
  const targets = at(rule.Properties, 'Actions', 0, 'ForwardConfig', 'TargetGroups') as unknown[]
  return targets.map((one, index) => [['blue', 'green'][index], at(one, 'Weight')])
}

/** Changes of an environment that have nothing to do with its router or services. */
const CHANGES: readonly (readonly [string, EnvironmentProps])[] = [
  ['more canaries', { canaries: 3 }],
  ['other bounds of autoscaling', { tasks: { min: 1, max: 30 } }],
  ['a pipeline', { pipeline: { repository: 'acme/shop', table: 'Records' } }],
  ['another controller', { controllerName: 'canaries' }],
  ['a NAT gateway a zone', { natGateways: 2 }],
]

describe.each(LAYOUTS)('the template of %s', (layout) => {
  const resources = environment(layout)

  it('sends everything to blue when it creates the router', () => {
    expect(weights(layout, resources)).toEqual([
      ['blue', 100],
      ['green', 0],
    ])
  })

  it.each(CHANGES)(
    'says the same of router and services with %s, so that CloudFormation leaves them alone',
    (_, props) => {
      const changed = environment(layout, props)
      expect(changed).not.toEqual(resources)
      for (const [id, { Properties }] of running(resources)) {
        expect(changed[id]?.Properties).toEqual(Properties)
      }
    },
  )

  it('can be told who is live, for a change of the router itself, and changes nothing but the weights by it', () => {
    const changed = environment(layout, { live: 'green' })
    expect(weights(layout, changed)).toEqual([
      ['blue', 0],
      ['green', 100],
    ])
    const others = (from: Resources) =>
      Object.entries(from).filter(([, { Type }]) => !RUNNING.slice(0, 2).includes(Type))
    expect(others(changed)).toEqual(others(resources))
  })

  it('lets Route 53 answer by weight alone: a failing live slot does not send clients to the idle one', () => {
    for (const [, { Properties }] of ofType(resources, 'AWS::Route53::RecordSet')) {
      expect(at(Properties, 'AliasTarget', 'EvaluateTargetHealth')).toBe(false)
    }
  })
})

describe('the stack policy', () => {
  const policy = JSON.parse(
    readFileSync(join(ROOT, 'infra', 'example', 'stack-policy.json'), 'utf8'),
  )

  it('refuses updates of everything that has running values, and of nothing else', () => {
    const [allow, deny, ...others] = policy.Statement
    expect(others).toEqual([])
    expect(allow).toEqual({ Effect: 'Allow', Action: 'Update:*', Principal: '*', Resource: '*' })
    expect(deny).toMatchObject({ Effect: 'Deny', Action: 'Update:*', Resource: '*' })
    expect(deny.Condition).toEqual({ StringEquals: { ResourceType: RUNNING } })
  })
})
