import { describe, expect, it } from 'vitest'
import {
  canaryStatements,
  normalizedRecordName,
  type PolicyStatementJson,
} from '../../../core/model/canary-grants.ts'
import { parseDefinition } from '../../../core/model/definition.ts'

const PLACE = { partition: 'aws', region: 'eu-central-1', account: '123456789012' }
const ELB = 'arn:aws:elasticloadbalancing:eu-central-1:123456789012'
const RULE = `${ELB}:listener-rule/app/web/1/2/3`
const LISTENER = `${ELB}:listener/app/web/1/2`

const ALB = {
  canary: 'web',
  slots: {
    blue: { cluster: 'shop', service: 'web-blue', targetGroup: `${ELB}:targetgroup/blue/1` },
    green: { cluster: 'shop', service: 'web-green', targetGroup: `${ELB}:targetgroup/green/2` },
  },
  router: { type: 'alb', rule: RULE },
  plan: 'canary',
}
const ROUTE53 = {
  canary: 'web',
  slots: {
    blue: { cluster: 'one', service: 'web' },
    green: { cluster: 'two', service: 'web' },
  },
  router: { type: 'route53', hostedZone: 'Z123', record: 'Web.Example.com.' },
  plan: 'canary',
}

const lambda = (name: string) => `arn:aws:lambda:eu-central-1:123456789012:function:${name}`

function statementsOf(definition: Record<string, unknown>, more = {}) {
  return canaryStatements({ ...PLACE, ...more, definition: parseDefinition(definition) })
}

/** The actions that a function may take, each with what it may take it on. */
function allowed(statements: readonly PolicyStatementJson[], name: string): readonly string[] {
  return statements
    .filter((one) =>
      one.Condition.StringEquals?.['aws:PrincipalTag/sluice:function']?.includes(name),
    )
    .flatMap((one) => one.Action.flatMap((action) => one.Resource.map((on) => `${action} ${on}`)))
    .sort()
}

describe("a canary's grants", () => {
  it('let a rule be written by who shifts and who fails back, and by nobody else', () => {
    const statements = statementsOf(ALB)
    const [written] = statements.filter(({ Action }) => Action[0]?.includes(':Modify'))
    expect(written?.Resource).toEqual([RULE])
    expect(written?.Condition.StringEquals?.['aws:PrincipalTag/sluice:function']).toEqual([
      'shift',
      'fail-back',
    ])
    expect(allowed(statements, 'verify')).toEqual(['elasticloadbalancing:DescribeRules *'])
  })

  it('name the listener where its default action splits the traffic', () => {
    const shift = allowed(
      statementsOf({ ...ALB, router: { type: 'alb', listener: LISTENER } }),
      'shift',
    )
    expect(shift).toContain(`elasticloadbalancing:ModifyListener ${LISTENER}`)
    expect(shift).not.toContainEqual(expect.stringContaining('ModifyRule'))
  })

  it('name both services, in their clusters', () => {
    expect(allowed(statementsOf(ROUTE53), 'trigger')).toEqual([
      'ecs:DescribeServices arn:aws:ecs:eu-central-1:123456789012:service/one/web',
      'ecs:DescribeServices arn:aws:ecs:eu-central-1:123456789012:service/two/web',
    ])
  })

  it('let Route 53 be written by UPSERT, of address records of one name, in one zone', () => {
    const [written] = statementsOf(ROUTE53).filter(({ Sid }) => Sid === 'WriteRecords')
    expect(written?.Resource).toEqual(['arn:aws:route53:::hostedzone/Z123'])
    expect(written?.Condition['ForAllValues:StringEquals']).toEqual({
      'route53:ChangeResourceRecordSetsNormalizedRecordNames': ['web.example.com'],
      'route53:ChangeResourceRecordSetsRecordTypes': ['A', 'AAAA'],
      'route53:ChangeResourceRecordSetsActions': ['UPSERT'],
    })
  })

  it('let services be scaled only where the definition says so', () => {
    const scales = (policy: string) =>
      JSON.stringify(statementsOf({ ...ALB, capacity: { policy } })).includes('ecs:UpdateService')
    expect([scales('wait'), scales('off'), scales('scale')]).toEqual([false, false, true])
  })

  it.each([
    ['ecs', { type: 'ecs' }, /^ecs:(DescribeServices|DescribeTasks|ListTasks) /],
    ['targets', { type: 'targets' }, /^elasticloadbalancing:DescribeTargetHealth /],
    ['alarms', { type: 'alarms', alarms: ['a'] }, /^cloudwatch:DescribeAlarms /],
    [
      'metric',
      { type: 'metric', name: 'm', source: { namespace: 'N', metric: 'M' }, above: 1 },
      /^cloudwatch:GetMetricData /,
    ],
    ['compare', { type: 'compare' }, /^cloudwatch:GetMetricData /],
    [
      'custom',
      { type: 'custom', name: 'c', function: lambda('opinion') },
      /^lambda:InvokeFunction arn:aws:lambda:eu-central-1:123456789012:function:opinion$/,
    ],
  ])('let assess look at what a check of type %s looks at, and no more', (_, check, pattern) => {
    const assess = allowed(
      statementsOf({ ...ALB, capacity: { policy: 'off' }, checks: [check] }),
      'assess',
    )
    expect(assess.length).toBeGreaterThan(0)
    for (const one of assess) expect(one).toMatch(pattern)
  })

  it('let each hook be asked by the function that asks it, and by no other', () => {
    const of = (name: string) => [{ name, function: lambda(name) }]
    const hooks = {
      beforeTraffic: of('warm-up'),
      afterStep: of('smoke'),
      beforePromote: of('sign-off'),
      afterFailBack: of('page'),
    }
    const statements = statementsOf({ ...ALB, hooks })
    const asked = (name: string) =>
      allowed(statements, name).filter((one) => one.startsWith('lambda:'))
    expect(asked('ready')).toEqual([`lambda:InvokeFunction ${lambda('warm-up')}`])
    expect(asked('assess')).toEqual([
      `lambda:InvokeFunction ${lambda('sign-off')}`,
      `lambda:InvokeFunction ${lambda('smoke')}`,
    ])
    expect(asked('fail-back')).toEqual([`lambda:InvokeFunction ${lambda('page')}`])
    for (const other of ['define', 'prepare', 'shift', 'verify', 'promote', 'trigger']) {
      expect(asked(other)).toEqual([])
    }
  })

  it('reach the user pools of a rule that authenticates, for who writes it back', () => {
    const pool = 'arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_abc'
    const statements = statementsOf(ALB, { userPools: [pool] })
    const wanted = `cognito-idp:DescribeUserPoolClient ${pool}`
    expect(allowed(statements, 'shift')).toContain(wanted)
    expect(allowed(statements, 'fail-back')).toContain(wanted)
    expect(allowed(statements, 'prepare')).not.toContain(wanted)
  })

  it('hold for no session that carries no tag', () => {
    for (const { Condition } of [...statementsOf(ALB), ...statementsOf(ROUTE53)]) {
      expect(Condition.StringEquals).toHaveProperty(['aws:PrincipalTag/sluice:function'])
    }
  })
})

it.each([
  ['Web.Example.COM.', 'web.example.com'],
  ['*.example.com', '\\052.example.com'],
  ['\\052.example.com', '\\052.example.com'],
  ['_srv.a-b.example.com', '_srv.a-b.example.com'],
  ['a b.example.com', 'a\\040b.example.com'],
])('the record %s is %s in a condition of Route 53', (record, normalized) => {
  expect(normalizedRecordName(record)).toBe(normalized)
})
