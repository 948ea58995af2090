import { statSync } from 'node:fs'
import { join } from 'node:path'
import { type App, Stack } from 'aws-cdk-lib'
import { describe, expect, it } from 'vitest'
import { Canary, type CanaryProps } from '../../infra/constructs/canary.ts'
import { CanaryController } from '../../infra/constructs/canary-controller.ts'
import { emptyBundles, newApp, resourcesOf } from './canary-scene.ts'
import { at, type Resource, type Resources, statements } from './template.ts'

const REGION = 'ap-southeast-2'
const ACCOUNT = '123456789012'
const ENV = { region: REGION, account: ACCOUNT }
/** As long as names may be: a cluster's and a service's 255, a target group's 32. */
const LONG = 'n'.repeat(240)

/** What docs/operations.md says that a stack holds, with the longest names and `capacity: scale`; its template's size binds first. */
const IN_A_STACK = 60

/** Limits that no support case raises. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const INLINE_POLICIES = 10_240
const TRUST_POLICY = 2_048

function withCanaries(count: number): { app: App; stacks: readonly string[] } {
  const app = newApp()
  const controller = new CanaryController(new Stack(app, 'Controller', { env: ENV }), 'Sluice', {
    bundles: emptyBundles(),
  })
  const stacks = Array.from({ length: Math.ceil(count / IN_A_STACK) }, (_, index) => `S${index}`)
  for (const [index, name] of stacks.entries()) {
    const stack = new Stack(app, name, { env: ENV })
    for (let n = index * IN_A_STACK; n < Math.min(count, (index + 1) * IN_A_STACK); n++) {
      new Canary(stack, `C${n}`, { controller, ...props(n) })
    }
  }
  return { app, stacks }
}

function props(n: number): Omit<CanaryProps, 'controller'> {
  const elb = `arn:aws:elasticloadbalancing:${REGION}:${ACCOUNT}`
  const slot = (name: string) => ({
    service: { cluster: `${LONG}${n}`, service: `${LONG}-${name}-${n}` },
    targetGroup: `${elb}:targetgroup/${name}-${n}/0123456789abcdef`,
  })
  return {
    blue: slot('blue'),
    green: slot('green'),
    router: { rule: `${elb}:listener-rule/app/web/0123456789abcdef/0123456789abcdef/${n}` },
    plan: 'canary',
    capacity: { policy: 'scale' },
    checks: [
      { type: 'ecs' },
      { type: 'targets' },
      { type: 'alarms', alarms: ['errors'] },
      { type: 'metric', name: 'm', source: { namespace: 'N', metric: 'M' }, above: 1 },
    ],
  }
}

describe('a thousand canaries', () => {
  const { app, stacks } = withCanaries(1_000)
  const controller = resourcesOf(app, 'Controller')
  const canaries = stacks.map((stack) => resourcesOf(app, stack))

  it('leave the controller exactly as it is with none', () => {
    const { app: alone } = withCanaries(0)
    expect(controller).toEqual(resourcesOf(alone, 'Controller'))
  })

  it('each have a role whose policies and trust fit, with the longest names', () => {
    const roles = canaries.flatMap((resources) => ofType(resources, 'AWS::IAM::Role'))
    expect(roles).toHaveLength(1_000)
    for (const role of roles) {
      expect(inlineSize(role)).toBeLessThanOrEqual(INLINE_POLICIES)
      expect(trustSize(role)).toBeLessThanOrEqual(TRUST_POLICY)
    }
  })

  /** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
  it(`fit their stacks, ${IN_A_STACK} in each: 500 resources, and a template of 1 MB as it is uploaded`, () => {
    for (const resources of canaries) {
      expect(Object.keys(resources).length).toBeLessThanOrEqual(500)
    }
    for (const stack of stacks) {
      const file = join(app.outdir, `${stack}.template.json`)
      expect(statSync(file).size).toBeLessThanOrEqual(1_000_000)
    }
  })
})

describe("the controller's own policies", () => {
  const resources = resourcesOf(withCanaries(0).app, 'Controller')

  it("fit: each role's inline ones, and its trust", () => {
    for (const role of ofType(resources, 'AWS::IAM::Role')) {
      expect(inlineSize(role)).toBeLessThanOrEqual(INLINE_POLICIES)
      expect(trustSize(role)).toBeLessThanOrEqual(TRUST_POLICY)
    }
    for (const policy of ofType(resources, 'AWS::IAM::Policy')) {
      expect(size(policy.Properties.PolicyDocument)).toBeLessThanOrEqual(INLINE_POLICIES)
    }
  })

  /** @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
  it("fit: each function's own, of 20 kB", () => {
    const byFunction = Object.groupBy(ofType(resources, 'AWS::Lambda::Permission'), (one) =>
      JSON.stringify(one.Properties.FunctionName),
    )
    for (const permissions of Object.values(byFunction)) {
      expect(size(permissions)).toBeLessThan(20_000)
    }
  })

  /** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
  it('go with few rules, each of at most five targets', () => {
    const rules = ofType(resources, 'AWS::Events::Rule')
    expect(rules.length).toBeLessThan(10)
    for (const { Properties } of rules) {
      expect((Properties.Targets as unknown[]).length).toBeLessThanOrEqual(5)
    }
  })

  it('grant something, so that the sizes are of what is deployed', () => {
    expect(statements(resources).length).toBeGreaterThan(FEW)
  })
})

const FEW = 50

function ofType(resources: Resources, type: string): readonly Resource[] {
  return Object.values(resources).filter(({ Type }) => Type === type)
}

function inlineSize({ Properties }: Resource): number {
  const policies = (Properties.Policies ?? []) as { readonly PolicyDocument: unknown }[]
  return policies.reduce((sum, { PolicyDocument }) => sum + size(PolicyDocument), 0)
}

function trustSize({ Properties }: Resource): number {
  return size(Properties.AssumeRolePolicyDocument)
}

/** Characters as IAM counts them, without white space; references at the longest that they can be. */
function size(document: unknown): number {
  return JSON.stringify(document, (_key, value) => {
    const parts = at(value, 'Fn::Join', 1)
    if (Array.isArray(parts)) return parts.map(told).join('')
    return at(value, 'Fn::GetAtt') || at(value, 'Ref') ? told(value) : value
  }).length
}

const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws-us-gov',
  'AWS::Region': REGION,
  'AWS::AccountId': ACCOUNT,
}

function told(part: unknown): string {
  return typeof part === 'string' ? part : (PSEUDO[String(at(part, 'Ref'))] ?? 'r'.repeat(150))
}
