import type { Definition } from './definition.ts'
import type { HookPoint } from './hooks.ts'
import { type ArnPlace, FUNCTION_TAG, type ReachingFunction } from './reaching-functions.ts'

/** A statement of a policy document, as IAM reads it. */
export interface PolicyStatementJson {
  readonly Sid: string
  readonly Effect: 'Allow'
  readonly Action: readonly string[]
  readonly Resource: readonly string[]
  readonly Condition: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>
}

export type GrantedDefinition = Pick<
  Definition,
  'slots' | 'router' | 'checks' | 'capacity' | 'scaleDown' | 'hooks'
>

export interface CanaryStatementsProps extends ArnPlace {
  readonly definition: GrantedDefinition
  /** ARNs of the user pools that the rule authenticates by: who writes it back is asked for them. */
  readonly userPools?: readonly string[]
}

/** What some functions may do; nothing is granted where one of the lists is empty. */
interface Grant {
  readonly sid: string
  readonly functions: readonly (ReachingFunction | false)[]
  readonly actions: readonly string[]
  readonly resources: readonly string[]
  readonly conditions?: PolicyStatementJson['Condition']
}

const READ_ROUTING = ['define', 'prepare', 'shift', 'verify', 'promote', 'fail-back'] as const
const WRITE_ROUTING = ['shift', 'fail-back'] as const

/**
 * What the canary's role may do: on this canary's resources alone, and each function only what its use case calls.
 * A session tells which function it is of by a tag that the function cannot choose.
 */
export function canaryStatements(props: CanaryStatementsProps): readonly PolicyStatementJson[] {
  const grants = [
    ...serviceGrants(props),
    ...scalingGrants(props),
    ...routerGrants(props),
    ...checkGrants(props),
    ...hookGrants(props),
  ]
  return grants.flatMap(({ sid, functions, actions, resources, conditions = {} }) => {
    const names = functions.filter((name) => name !== false)
    if (names.length === 0 || resources.length === 0) return []
    const { StringEquals, ...others } = conditions
    return [
      {
        Sid: sid,
        Effect: 'Allow',
        Action: actions,
        Resource: [...new Set(resources)],
        Condition: {
          StringEquals: { ...StringEquals, [`aws:PrincipalTag/${FUNCTION_TAG}`]: names },
          ...others,
        },
      },
    ]
  })
}

function serviceGrants({ definition, ...place }: CanaryStatementsProps): readonly Grant[] {
  const { slots, capacity, scaleDown, checks } = definition
  const both = [slots.blue, slots.green]
  const services = both.map(({ cluster, service }) =>
    arn(place, 'ecs', `service/${cluster}/${service}`),
  )
  const looksAtTasks = checks.some(({ type }) => type === 'ecs')
  return [
    {
      sid: 'DescribeServices',
      functions: [
        'define',
        'trigger',
        'retrigger',
        'prepare',
        'ready',
        'shift',
        (looksAtTasks || capacity.policy !== 'off') && 'assess',
        'promote',
        'fail-back',
        scaleDown !== undefined && 'scale-down',
      ],
      actions: ['ecs:DescribeServices'],
      resources: services,
    },
    {
      sid: 'ListTasks',
      functions: [looksAtTasks && 'assess'],
      actions: ['ecs:ListTasks'],
      resources: ['*'],
      conditions: {
        ArnEquals: {
          'ecs:cluster': [
            ...new Set(both.map(({ cluster }) => arn(place, 'ecs', `cluster/${cluster}`))),
          ],
        },
      },
    },
    {
      sid: 'DescribeTasks',
      functions: [looksAtTasks && 'assess'],
      actions: ['ecs:DescribeTasks'],
      resources: both.map(({ cluster }) => arn(place, 'ecs', `task/${cluster}/*`)),
    },
  ]
}

/** Who looks whether a candidate is large enough, and makes it larger. */
const RAISE = ['ready', 'assess'] as const

/** Only where a definition asks for another number of tasks. */
function scalingGrants({ definition, ...place }: CanaryStatementsProps): readonly Grant[] {
  const { slots, capacity, scaleDown } = definition
  const downs = scaleDown !== undefined
  // What a scale down took of the autoscaling minimum is put back before the slot's next step up.
  const raises = capacity.policy === 'scale' || downs
  const functions: Grant['functions'] = [
    ...(raises ? [...RAISE, 'fail-back' as const, 'promote' as const] : []),
    downs && 'scale-down',
  ]
  return [
    {
      // Also for whoever writes a minimum alone: Application Auto Scaling asks ECS whether its caller may do this.
      sid: 'ScaleServices',
      functions,
      actions: ['ecs:UpdateService'],
      resources: [slots.blue, slots.green].map(({ cluster, service }) =>
        arn(place, 'ecs', `service/${cluster}/${service}`),
      ),
    },
    {
      sid: 'ReadAutoscaling',
      functions: [...(raises ? RAISE : []), downs && 'promote', downs && 'scale-down'],
      actions: ['application-autoscaling:DescribeScalableTargets'],
      resources: ['*'],
    },
    {
      sid: 'WriteAutoscaling',
      functions,
      actions: ['application-autoscaling:RegisterScalableTarget'],
      // A scalable target's id is not known before it is made.
      resources: [arn(place, 'application-autoscaling', 'scalable-target/*')],
      conditions: {
        StringEquals: {
          'application-autoscaling:service-namespace': 'ecs',
          'application-autoscaling:scalable-dimension': 'ecs:service:DesiredCount',
        },
      },
    },
  ]
}

function routerGrants(props: CanaryStatementsProps): readonly Grant[] {
  return props.definition.router.type === 'alb'
    ? albGrants(props.definition.router, props)
    : route53Grants(props.definition.router, props)
}

function readersOf({ scaleDown }: GrantedDefinition): Grant['functions'] {
  return [...READ_ROUTING, scaleDown !== undefined && 'scale-down']
}

function albGrants(
  { rule, listener }: Extract<Definition['router'], { type: 'alb' }>,
  { definition, userPools = [] }: CanaryStatementsProps,
): readonly Grant[] {
  const readRouting = readersOf(definition)
  const describe = (what: string, functions: Grant['functions']): Grant => ({
    sid: `Describe${what}`,
    functions,
    actions: [`elasticloadbalancing:Describe${what}`],
    resources: ['*'],
  })
  return [
    ...(rule === undefined
      ? // Where the default action is another one, reading looks for the rule that was meant.
        [describe('Listeners', readRouting), describe('Rules', ['define', 'prepare', 'promote'])]
      : [describe('Rules', readRouting)]),
    {
      sid: 'ModifyRule',
      functions: WRITE_ROUTING,
      actions: ['elasticloadbalancing:ModifyRule'],
      resources: rule === undefined ? [] : [rule],
    },
    {
      sid: 'ModifyListener',
      functions: WRITE_ROUTING,
      actions: ['elasticloadbalancing:ModifyListener'],
      resources: listener === undefined ? [] : [listener],
    },
    {
      /**
       * A rule is written whole, and Elastic Load Balancing looks its authenticate-cognito actions up as the caller.
       * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/ElasticLoadBalancingFullAccess.html
       */
      sid: 'KeepAuthentication',
      functions: WRITE_ROUTING,
      actions: ['cognito-idp:DescribeUserPoolClient'],
      resources: userPools,
    },
  ]
}

function route53Grants(
  { hostedZone, record }: Extract<Definition['router'], { type: 'route53' }>,
  { definition, partition }: CanaryStatementsProps,
): readonly Grant[] {
  const zone = `arn:${partition}:route53:::hostedzone/${hostedZone.replace(/^\/hostedzone\//, '')}`
  return [
    {
      sid: 'ReadRecords',
      functions: readersOf(definition),
      actions: ['route53:ListResourceRecordSets'],
      resources: [zone],
    },
    {
      sid: 'WriteRecords',
      functions: WRITE_ROUTING,
      actions: ['route53:ChangeResourceRecordSets'],
      resources: [zone],
      // Sluice sets weights of address records that stand already. It deletes nothing.
      conditions: {
        'ForAllValues:StringEquals': {
          'route53:ChangeResourceRecordSetsNormalizedRecordNames': [normalizedRecordName(record)],
          'route53:ChangeResourceRecordSetsRecordTypes': ['A', 'AAAA'],
          'route53:ChangeResourceRecordSetsActions': ['UPSERT'],
        },
      },
    },
    {
      sid: 'ReadChange',
      functions: ['verify', 'fail-back'],
      actions: ['route53:GetChange'],
      // A change's id is not known before it is made.
      resources: [`arn:${partition}:route53:::change/*`],
    },
  ]
}

/**
 * As Route 53 compares it: lower case, no dot at the end, and every other character as `\` and its octal code.
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-conditions-route53.html
 */
export function normalizedRecordName(record: string): string {
  return record
    .toLowerCase()
    .replace(/\.$/, '')
    .replaceAll(/\\(\d{3})|[^a-z0-9_.-]/g, (text, octal: string | undefined) =>
      octal === undefined ? `\\${text.charCodeAt(0).toString(8).padStart(3, '0')}` : text,
    )
}

function checkGrants({ definition }: CanaryStatementsProps): readonly Grant[] {
  const { slots, checks } = definition
  const has = (...types: readonly string[]) => checks.some(({ type }) => types.includes(type))
  const inFront = [slots.blue, slots.green].some(({ targetGroup }) => targetGroup !== undefined)
  return [
    {
      sid: 'TargetHealth',
      functions: inFront ? ['define', 'ready', has('targets') && 'assess'] : [],
      actions: ['elasticloadbalancing:DescribeTargetHealth'],
      resources: ['*'],
    },
    {
      // Not the alarms' ARNs: composite alarms would be missing from the answer, as if they did not exist.
      sid: 'Alarms',
      functions: has('alarms') ? ['define', 'prepare', 'assess'] : [],
      actions: ['cloudwatch:DescribeAlarms'],
      resources: ['*'],
    },
    {
      sid: 'Metrics',
      functions: has('metric', 'compare') ? ['assess'] : [],
      actions: ['cloudwatch:GetMetricData'],
      resources: ['*'],
    },
  ]
}

/** Each function of the team's own only by who asks it: the hooks of a point, and the `custom` checks. */
function hookGrants({ definition }: CanaryStatementsProps): readonly Grant[] {
  const { checks, hooks } = definition
  const custom = checks.flatMap((check) => (check.type === 'custom' ? check.function : []))
  const of = (...points: readonly HookPoint[]) =>
    points.flatMap((point) => hooks[point].map((hook) => hook.function))
  const invoke = (sid: string, name: ReachingFunction, resources: readonly string[]): Grant => ({
    sid,
    functions: [name],
    actions: ['lambda:InvokeFunction'],
    resources,
  })
  return [
    invoke('AskBeforeTraffic', 'ready', of('beforeTraffic')),
    invoke('AskWhileAssessing', 'assess', [...custom, ...of('afterStep', 'beforePromote')]),
    invoke('AskAfterFailBack', 'fail-back', of('afterFailBack')),
  ]
}

function arn({ partition, region, account }: ArnPlace, service: string, resource: string): string {
  return `arn:${partition}:${service}:${region}:${account}:${resource}`
}
