import { inspect } from 'node:util'
import { CfnParameter, Stack } from 'aws-cdk-lib'
import { Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch'
import { UserPool } from 'aws-cdk-lib/aws-cognito'
import { ListenerAction } from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import * as lambda from 'aws-cdk-lib/aws-lambda'
import { PublicHostedZone } from 'aws-cdk-lib/aws-route53'
import { describe, expect, it } from 'vitest'
import { Canary, type CanaryProps } from '../../infra/constructs/canary.ts'
import { CanaryPropsError } from '../../infra/constructs/canary-issues.ts'
import { canaryTrust } from '../../infra/constructs/canary-trust.ts'
import { ControllerReference } from '../../infra/constructs/controller-reference.ts'
import {
  newApp,
  resourcesOf,
  type ServiceScene,
  serviceScene,
  synthesized,
} from './canary-scene.ts'
import { at, type Resource } from './template.ts'

type Resources = Readonly<Record<string, Resource>>

function only(resources: Resources, type: string): readonly [string, Resource] {
  const [first, ...others] = Object.entries(resources).filter(([, { Type }]) => Type === type)
  if (!first || others.length > 0) throw new Error(`not exactly one ${type}`)
  return first
}

/** The definition's text, with each token as the template has it between `<` and `>`. */
function definitionOf(resources: Resources): Record<string, unknown> {
  const [, { Properties }] = only(resources, 'Custom::SluiceCanary')
  return JSON.parse(flat(Properties.Definition))
}

/** What `Fn::Join` would join; references as the id that they name. */
function flat(value: unknown): string {
  if (typeof value === 'string') return value
  const parts = at(value, 'Fn::Join', 1)
  if (Array.isArray(parts)) return parts.map(flat).join('')
  const [reference = '', attribute] = [at(value, 'Ref') ?? at(value, 'Fn::GetAtt')].flat()
  return `<${[String(reference), attribute].filter(Boolean).join('.')}>`
}

function roleOf(resources: Resources) {
  const [id, { Properties }] = only(
    Object.fromEntries(Object.entries(resources).filter(([name]) => name.startsWith('WebRole'))),
    'AWS::IAM::Role',
  )
  return { id, Properties }
}

interface Granted {
  readonly Action: readonly string[]
  readonly Resource: readonly unknown[]
}

/** Actions and what they are granted on, as texts. */
function grants(resources: Resources): readonly string[] {
  const statements = at(roleOf(resources).Properties, 'Policies', 0, 'PolicyDocument', 'Statement')
  return (statements as Granted[]).flatMap(({ Action, Resource }) =>
    Action.flatMap((action) => Resource.map((on) => `${action} ${flat(on)}`)),
  )
}

describe('a canary of constructs', () => {
  const resources = synthesized()

  it('writes its definition, with what is only known at deployment left to CloudFormation', () => {
    expect(definitionOf(resources)).toEqual({
      canary: 'Web',
      slots: {
        blue: {
          cluster: expect.stringMatching(/^<Cluster\w+>$/),
          service: expect.stringMatching(/^<Blue\w+\.Name>$/),
          targetGroup: expect.stringMatching(/^<BlueTargets\w+>$/),
        },
        green: {
          cluster: expect.stringMatching(/^<Cluster\w+>$/),
          service: expect.stringMatching(/^<Green\w+\.Name>$/),
          targetGroup: expect.stringMatching(/^<GreenTargets\w+>$/),
        },
      },
      router: { type: 'alb', rule: expect.stringMatching(/^<Rule\w+>$/) },
      plan: 'canary',
      role: `<${roleOf(resources).id}.Arn>`,
    })
  })

  it('hands it to the controller by its name alone, with no export between the stacks', () => {
    const [, { Properties }] = only(resources, 'Custom::SluiceCanary')
    expect(flat(Properties.ServiceToken)).toBe(
      'arn:<AWS::Partition>:lambda:<AWS::Region>:<AWS::AccountId>:function:sluice-definitions',
    )
  })

  it("names its own rule, services and tasks in its role's grants", () => {
    expect(grants(resources)).toEqual([
      expect.stringMatching(/^ecs:DescribeServices arn:.*:service\/<Cluster\w+>\/<Blue\w+\.Name>$/),
      expect.stringMatching(
        /^ecs:DescribeServices arn:.*:service\/<Cluster\w+>\/<Green\w+\.Name>$/,
      ),
      'ecs:ListTasks *',
      expect.stringMatching(/^ecs:DescribeTasks arn:.*:task\/<Cluster\w+>\/\*$/),
      'elasticloadbalancing:DescribeRules *',
      expect.stringMatching(/^elasticloadbalancing:ModifyRule <Rule\w+>$/),
      'elasticloadbalancing:DescribeTargetHealth *',
      // What is not said of checks compares the slots by their load balancers' metrics.
      'cloudwatch:GetMetricData *',
    ])
  })

  it("is assumed by the controller's functions, and by nobody else of the account", () => {
    const { Properties } = roleOf(resources)
    expect(Properties.Path).toBe('/sluice/canary/')
    const [statement, ...others] = at(
      Properties,
      'AssumeRolePolicyDocument',
      'Statement',
    ) as unknown[]
    expect(others).toEqual([])
    const principals = at(statement, 'Condition', 'ArnEquals', 'aws:PrincipalArn') as unknown[]
    expect(principals.map(flat)).toContain(
      'arn:<AWS::Partition>:iam::<AWS::AccountId>:role/sluice-<AWS::Region>-shift',
    )
    expect(principals.map(flat)).not.toContainEqual(expect.stringMatching(/guard|signal|bake/))
  })

  it('touches no state: the definition is all that it writes', () => {
    const types = Object.values(resources).map(({ Type }) => Type)
    expect(types.filter((type) => type.startsWith('Custom::'))).toEqual(['Custom::SluiceCanary'])
    expect(types).not.toContain('AWS::DynamoDB::Table')
  })
})

describe('a canary of names and ARNs', () => {
  const ELB = 'arn:aws:elasticloadbalancing:eu-central-1:123456789012'
  const app = newApp()
  const stack = new Stack(app, 'Elsewhere', {
    env: { region: 'eu-central-1', account: '123456789012' },
  })
  new Canary(stack, 'Web', {
    controller: new ControllerReference(stack, 'Controller', 'sluice'),
    name: 'checkout',
    blue: { service: { cluster: 'shop', service: 'blue' }, targetGroup: `${ELB}:targetgroup/b/1` },
    green: {
      service: { cluster: 'shop', service: 'green' },
      targetGroup: `${ELB}:targetgroup/g/2`,
    },
    router: { listener: `${ELB}:listener/app/web/1/2` },
    plan: [
      { weight: 12.5, bake: '5m' },
      { weight: 100, bake: '5m' },
    ],
    capacity: { policy: 'scale' },
    checks: [{ type: 'ecs' }, { type: 'alarms', alarms: ['errors'] }],
  })
  const resources = resourcesOf(app, 'Elsewhere')

  it('may name a strategy in place of a plan, and what becomes of the old slot', () => {
    const strategic = synthesized(() => ({
      plan: undefined as never,
      strategy: { type: 'blue-green', keepWarm: '2h' },
      scaleDown: { after: '30m', to: 1 },
    }))
    const { strategy, scaleDown, ...others } = definitionOf(strategic) as Record<string, unknown>
    expect(strategy).toEqual({ type: 'blue-green', keepWarm: '2h' })
    expect(scaleDown).toEqual({ after: '30m', to: 1 })
    expect(others).not.toHaveProperty('plan')
    expect(grants(strategic)).toEqual(
      expect.arrayContaining([
        'application-autoscaling:DescribeScalableTargets *',
        'application-autoscaling:RegisterScalableTarget arn:<AWS::Partition>:application-autoscaling:<AWS::Region>:<AWS::AccountId>:scalable-target/*',
      ]),
    )
  })

  it('says in its definition what was given, numbers as numbers', () => {
    expect(definitionOf(resources)).toMatchObject({
      canary: 'checkout',
      plan: [{ weight: 12.5, bake: '5m' }, { weight: 100 }],
      router: { type: 'alb', listener: `${ELB}:listener/app/web/1/2` },
      capacity: { policy: 'scale' },
      checks: [{ type: 'ecs' }, { type: 'alarms', alarms: ['errors'] }],
    })
  })

  it('is granted what these settings need, on what was named', () => {
    expect(grants(resources)).toEqual(
      expect.arrayContaining([
        'ecs:UpdateService arn:<AWS::Partition>:ecs:eu-central-1:123456789012:service/shop/green',
        `elasticloadbalancing:ModifyListener ${ELB}:listener/app/web/1/2`,
        'cloudwatch:DescribeAlarms *',
      ]),
    )
  })
})

it('a canary of records is granted their zone, and of it their name', () => {
  const resources = synthesized(({ stack, props }) => ({
    blue: { service: props.blue.service },
    green: { service: props.green.service },
    router: {
      hostedZone: new PublicHostedZone(stack, 'Zone', { zoneName: 'example.com' }),
      record: 'Web.example.com.',
    },
  }))
  expect(grants(resources)).toContainEqual(
    expect.stringMatching(
      /^route53:ChangeResourceRecordSets arn:<AWS::Partition>:route53:::hostedzone\/<Zone\w+>$/,
    ),
  )
  expect(JSON.stringify(roleOf(resources).Properties)).toContain(
    '"route53:ChangeResourceRecordSetsNormalizedRecordNames":["web.example.com"]',
  )
})

it('a record of which a part is only known at deployment is granted as Route 53 compares the rest', () => {
  const resources = synthesized(({ stack, props }) => ({
    blue: { service: props.blue.service },
    green: { service: props.green.service },
    router: {
      hostedZone: 'Z0123456789ABC',
      record: `*.Shop.${new CfnParameter(stack, 'Domain').valueAsString}`,
    },
  }))
  const statements = at(roleOf(resources).Properties, 'Policies', 0, 'PolicyDocument', 'Statement')
  const writing = (statements as { Sid: string }[]).find(({ Sid }) => Sid === 'WriteRecords')
  const names = at(
    writing,
    'Condition',
    'ForAllValues:StringEquals',
    'route53:ChangeResourceRecordSetsNormalizedRecordNames',
  )
  expect((names as unknown[]).map(flat)).toEqual([String.raw`\052.shop.<Domain>`])
  expect(definitionOf(resources)).toMatchObject({ router: { record: '*.Shop.<Domain>' } })
})

it('alarms may be constructs', () => {
  const resources = synthesized(({ stack }) => ({
    checks: [{ type: 'alarms', alarms: [alarm(stack), 'by-name'] }],
  }))
  expect(definitionOf(resources).checks).toEqual([
    { type: 'alarms', alarms: [expect.stringMatching(/^<Errors\w+>$/), 'by-name'] },
  ])
})

it('functions of hooks and checks may be constructs, and each is asked by who asks it', () => {
  const resources = synthesized(({ stack }) => {
    const fn = (id: string) => lambda.Function.fromFunctionArn(stack, id, arnOf(id))
    return {
      checks: [{ type: 'ecs' }, { type: 'custom', name: 'smoke', function: fn('smoke') }],
      hooks: { beforeTraffic: [{ name: 'warm', function: fn('warm') }] },
    }
  })
  expect(grants(resources)).toEqual(
    expect.arrayContaining([
      `lambda:InvokeFunction ${arnOf('smoke')}`,
      `lambda:InvokeFunction ${arnOf('warm')}`,
    ]),
  )
  expect(definitionOf(resources)).toMatchObject({
    checks: [{}, { function: arnOf('smoke') }],
    hooks: { beforeTraffic: [{ name: 'warm', function: arnOf('warm') }] },
  })
})

it('a probe of a load balancer that is only known at deployment is taken for an address', () => {
  const resources = synthesized(({ stack }) => {
    const address = new CfnParameter(stack, 'Address').valueAsString
    return { checks: [{ type: 'http', name: 'probe', url: `http://${address}/health` }] }
  })
  expect(definitionOf(resources)).toMatchObject({ checks: [{ url: 'http://<Address>/health' }] })
})

it('a rule that authenticates by Cognito is written back with its user pool', () => {
  const resources = synthesized((scene) => {
    const { pool, rule } = authenticating(scene)
    return { router: { rule }, userPools: [pool] }
  })
  expect(grants(resources)).toContainEqual(
    expect.stringMatching(/^cognito-idp:DescribeUserPoolClient <Pool\w+\.Arn>$/),
  )
})

describe("a canary's role", () => {
  const roleId = (change: Parameters<typeof synthesized>[0]) => roleOf(synthesized(change)).id
  const present = roleId(() => ({}))

  it('stays when the plan or the checks change', () => {
    expect(roleId(() => ({ plan: 'linear' }))).toBe(present)
    expect(roleId(() => ({ checks: [{ type: 'targets' }] }))).toBe(present)
  })

  it('is another one when traffic moves elsewhere: an active rollout keeps its own', () => {
    expect(roleId(({ listener }) => ({ router: { listener } }))).not.toBe(present)
  })
})

describe('a broken canary', () => {
  const custom = (index: number) => ({
    type: 'custom' as const,
    name: `custom-${index}`,
    function: `arn:aws:lambda:eu-central-1:123456789012:function:${'f'.repeat(60)}-${index}:${'live'.repeat(20)}`,
    timeout: '1s',
    deadline: '1s',
    interval: '1h',
  })
  const steps = (...weights: number[]) => weights.map((weight) => ({ weight, bake: '5m' }))

  it.each<[string, (scene: ServiceScene) => Partial<CanaryProps>, RegExp]>([
    [
      'a plan that does not end at 100',
      () => ({ plan: steps(10, 50) }),
      /^plan\.1\.weight \(50\): the last step must be 100, not 50$/,
    ],
    [
      'an unknown check',
      () => ({ checks: [{ type: 'vibes' } as unknown as { type: 'ecs' }] }),
      /^checks\.0\.type \("vibes"\): use one of ecs, targets, alarms, http, metric, compare, custom$/,
    ],
    [
      'one service twice',
      ({ props }) => ({ green: { ...props.green, service: props.blue.service } }),
      /^green\.service \("?\{"Fn::GetAtt":\["Blue\w+","Name"\]\}"?\): blue and green are the same service; give each slot its own$/,
    ],
    [
      'one target group twice',
      ({ props }) => ({ green: { ...props.green, targetGroup: props.blue.targetGroup } }),
      /^green\.targetGroup .*\{"Ref":"BlueTargets\w+"\}.*: blue and green share a target group/,
    ],
    [
      'a duration that does not parse',
      () => ({ interval: '5 minutes' }),
      /^interval \("5 minutes"\): "5 minutes" is not a duration; write it as 30s, 5m or 1h30m$/,
    ],
    [
      'a slot without its target group',
      ({ props }) => ({ green: { service: props.green.service } }),
      /^green\.targetGroup: is missing; the alb router needs the slot's target group ARN$/,
    ],
    [
      'a name that no execution could have',
      () => ({ name: 'my canary' }),
      /^name \("my canary"\): use 1 to 64 letters/,
    ],
    [
      'a weight that is only known at deployment',
      ({ stack }) => ({
        plan: steps(new CfnParameter(stack, 'Weight', { type: 'Number' }).valueAsNumber, 100),
      }),
      /^plan\.0\.weight \(\{"Ref":"Weight"\}\): is only known at deployment; give a literal value/,
    ],
    [
      'a field that there is not',
      () => ({ intervall: '5m' }) as Partial<CanaryProps>,
      /^intervall: is no field of a definition; remove it or correct its name$/,
    ],
    [
      'no controller',
      () => ({ controller: undefined }) as unknown as Partial<CanaryProps>,
      /^controller: is missing; give the CanaryController/,
    ],
    [
      'no plan',
      () => ({ plan: undefined }) as unknown as Partial<CanaryProps>,
      /^plan: is missing; list the steps, or name a plan/,
    ],
    [
      'a plan beside a strategy',
      () => ({ strategy: 'linear' as const }),
      /^strategy: fills in the plan, and there is one already; give one of the two$/,
    ],
    [
      'no slot',
      () => ({ green: undefined }) as unknown as Partial<CanaryProps>,
      /^green: is missing/,
    ],
    [
      'a slot without service',
      ({ greenTargets }) =>
        ({ green: { targetGroup: greenTargets } }) as unknown as Partial<CanaryProps>,
      /^green\.service: is missing/,
    ],
    [
      'a text for a service',
      ({ props }) =>
        ({ green: { ...props.green, service: 'checkout' } }) as unknown as Partial<CanaryProps>,
      /^green\.cluster: is missing/,
    ],
    [
      'no router',
      () => ({ router: undefined }) as unknown as Partial<CanaryProps>,
      /^router: is missing/,
    ],
    [
      'a construct where its name is asked for',
      ({ stack, props }) =>
        ({
          green: { ...props.green, service: { cluster: stack, service: 'web' } },
        }) as unknown as Partial<CanaryProps>,
      /^green\.cluster \(Shop\): is a construct, and none is taken here/,
    ],
    [
      'an alarm that is no list',
      ({ stack }) => {
        const alarms = Alarm.fromAlarmName(stack, 'Errors', 'errors')
        return { checks: [{ type: 'alarms', alarms }] } as unknown as Partial<CanaryProps>
      },
      /^checks\.0\.alarms \(Shop\/Errors\): is a construct, and none is taken here/,
    ],
    [
      'more functions than the grants of a role can name',
      () => ({ interval: '5m', checks: Array.from({ length: 50 }, (_, index) => custom(index)) }),
      /^checks, hooks \(1\d{4} characters of grants\): their functions do not fit into the 10240 that IAM takes/,
    ],
    [
      'a rule by Cognito without its user pool',
      (scene) => ({ router: { rule: authenticating(scene).rule }, plan: steps(50) }),
      /^userPools: is missing, and router\.rule \(Shop\/Login\/Resource\) authenticates by Cognito/,
    ],
  ])('with %s is refused with path, value and mend', (_, change, line) => {
    const { issues, message } = refused(change)
    expect(issues).toContainEqual(expect.stringMatching(line))
    expect(message).toMatch(/^broken canary Shop\/Web:\n {2}/)
  })

  it('is told of each thing once', () => {
    const { issues } = refused(({ props }) => ({ green: { service: props.green.service } }))
    expect(issues).toEqual([expect.stringMatching(/^green\.targetGroup: is missing/)])
    const { issues: twice } = refused(({ props }) => ({
      green: { ...props.green, targetGroup: props.blue.targetGroup },
    }))
    expect(new Set(twice).size).toBe(twice.length)
  })

  it('is told without a second print of its lines', () => {
    const error = refused(() => ({ interval: 'soon' }))
    expect(inspect(error).split('is not a duration')).toHaveLength(2)
  })

  it('is told all that is wrong at once', () => {
    const { issues } = refused(({ rule, props }) => ({
      name: 'my canary',
      plan: steps(10, 50),
      interval: 'soon',
      router: { rule: rule('Half', ListenerAction.forward([props.blue.targetGroup])) },
    }))
    expect(issues.map((issue) => issue.split(/[ :]/)[0])).toEqual([
      'name',
      'plan.1.weight',
      'interval',
      'router.rule',
    ])
  })

  it('is refused where the rule has not both target groups', () => {
    expect(() =>
      synthesized(({ rule, props }) => ({
        router: { rule: rule('Half', ListenerAction.forward([props.blue.targetGroup])) },
      })),
    ).toThrow(
      /\[Shop\/Web\] router\.rule \(Shop\/Half\/Resource\): its forward action has not green's target group \{"Ref":"GreenTargets\w+"\}; forward to both/,
    )
  })

  it('is refused where the rule serves somebody else too', () => {
    expect(() =>
      synthesized(({ rule, blueTargets, greenTargets, otherTargets }) => ({
        router: {
          rule: rule('Three', ListenerAction.forward([blueTargets, greenTargets, otherTargets])),
        },
      })),
    ).toThrow(/has also the target group \{"Ref":"OtherTargets\w+"\}, which is no slot's/)
  })

  it("is refused where a listener's default action has not both target groups", () => {
    expect(() =>
      synthesized(({ listener, otherTargets, props }) => ({
        green: { ...props.green, targetGroup: otherTargets },
        router: { listener },
      })),
    ).toThrow(/router\.listener \(Shop\/Listener\/Resource\): its forward action has not green's/)
  })

  it('has a controller whose name its roles could have', () => {
    const { stack } = serviceScene()
    expect(() => new ControllerReference(stack, 'Wrong', 'our controller')).toThrow(
      'controller name ("our controller"): use a letter',
    )
  })
})

it('slots across stacks are waited for, and their ARNs looked at as one', () => {
  const { app, stack, props } = serviceScene()
  const other = new Stack(app, 'Canaries')
  new Canary(other, 'Web', { ...props, controller: new ControllerReference(other, 'C', 'sluice') })
  const resources = resourcesOf(app, 'Canaries')
  expect(JSON.stringify(only(resources, 'Custom::SluiceCanary'))).toContain('Fn::ImportValue')
  expect(other.dependencies).toContain(stack)
})

it('a token inside of a text is as good as a whole one', () => {
  const resources = synthesized(({ stack, props }) => {
    const stage = new CfnParameter(stack, 'Stage').valueAsString
    const service = { cluster: stage, service: `web-${stage}` }
    return { blue: { service, targetGroup: props.blue.targetGroup } }
  })
  expect(grants(resources)[0]).toMatch(/:service\/<Stage>\/web-<Stage>$/)
})

it("a role's trust fits, with the longest names that a controller and a region can have", () => {
  const place = { partition: 'aws-us-gov', region: 'ap-southeast-2', account: '123456789012' }
  const trust = canaryTrust(place, 'c'.repeat(36))
  expect(JSON.stringify(trust).replaceAll(/\s/g, '').length).toBeLessThanOrEqual(2_048)
})

function refused(change: (scene: ServiceScene) => Partial<CanaryProps>): CanaryPropsError {
  try {
    synthesized(change)
  } catch (error) {
    if (error instanceof CanaryPropsError) return error
    throw error
  }
  throw new Error('the canary was not refused')
}

function arnOf(name: string): string {
  return `arn:aws:lambda:eu-central-1:123456789012:function:${name}`
}

function alarm(stack: Stack): Alarm {
  const metric = new Metric({ namespace: 'Shop', metricName: 'Errors' })
  return new Alarm(stack, 'Errors', { metric, threshold: 1, evaluationPeriods: 1 })
}

function authenticating({ stack, rule, blueTargets, greenTargets }: ServiceScene) {
  const pool = new UserPool(stack, 'Pool')
  const forward = ListenerAction.forward([blueTargets, greenTargets])
  const login = rule('Login', forward)
  const child = login.node.defaultChild
  if (!child || !('actions' in child)) throw new Error('CDK makes rules otherwise than it did')
  child.actions = [
    {
      type: 'authenticate-cognito',
      order: 1,
      authenticateCognitoConfig: {
        userPoolArn: pool.userPoolArn,
        userPoolClientId: 'client',
        userPoolDomain: 'shop',
      },
    },
    {
      type: 'forward',
      order: 2,
      forwardConfig: {
        targetGroups: [
          { targetGroupArn: blueTargets.targetGroupArn },
          { targetGroupArn: greenTargets.targetGroupArn },
        ],
      },
    },
  ]
  return { pool, rule: login }
}
