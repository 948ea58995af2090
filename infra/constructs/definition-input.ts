import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch'
import type { IUserPool } from 'aws-cdk-lib/aws-cognito'
import type { IBaseService } from 'aws-cdk-lib/aws-ecs'
import type {
  ApplicationListenerRule,
  IApplicationListener,
  IApplicationLoadBalancer,
  IApplicationTargetGroup,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import type { IHostedZone } from 'aws-cdk-lib/aws-route53'
import type { DefinitionInput } from '../../core/model/definition.ts'
import type { HookPoint } from '../../core/model/hooks.ts'
import type { Slot } from '../../core/model/slot.ts'
import type { StrategyName } from '../../core/model/strategies.ts'

/** One of the two places a version can run in: constructs of this app, or names and ARNs of what stands elsewhere. */
export interface CanarySlot {
  /** Names, where it is no construct. What is only known at deployment is taken for a name, never for an ARN. */
  readonly service: IBaseService | { readonly cluster: string; readonly service: string }
  /** Needed by the routers of a load balancer and by the `targets` check. */
  readonly targetGroup?: IApplicationTargetGroup | string
  /** Needed where a metric's dimension says `${loadBalancer}`. */
  readonly loadBalancer?: IApplicationLoadBalancer | string
  /** SetIdentifier of the slot's records; the slot's name unless told. */
  readonly setIdentifier?: string
}

/** What splits the traffic: a rule, a listener's default action, or weighted records. */
export type CanaryRouter =
  | { readonly rule: ApplicationListenerRule | string }
  | { readonly listener: IApplicationListener | string }
  | {
      readonly hostedZone: IHostedZone | string
      /** Fully qualified. What of it is only known at deployment has to be in lower case, without a dot at its end. */
      readonly record: string
      /** How long clients keep an answer, where the records are aliases; 60 s unless told. */
      readonly aliasTtl?: string
    }

type CheckInput = NonNullable<DefinitionInput['checks']>[number]
type AlarmsInput = Extract<CheckInput, { type: 'alarms' }>
type CustomInput = Extract<CheckInput, { type: 'custom' }>
type HooksInput = NonNullable<DefinitionInput['hooks']>
type HookInput = NonNullable<HooksInput[HookPoint]>[number]

/** What names a function of the team's own: a construct, or an ARN. */
interface Asked {
  readonly function: IFunction | string
}

/** A check as the definition has it; alarms and functions may be constructs. */
export type CanaryCheck =
  | Exclude<CheckInput, AlarmsInput | CustomInput>
  | (Omit<AlarmsInput, 'alarms'> & { readonly alarms: readonly (IAlarm | string)[] })
  | (Omit<CustomInput, 'function'> & Asked)

/** Hooks as the definition has them; functions may be constructs. */
export type CanaryHooks = {
  readonly [Point in HookPoint]?: readonly (Omit<HookInput, 'function'> & Asked)[]
}

/** A step of a plan: the candidate's share in percent, and how long it bakes there (`5m`). */
export interface CanaryStep {
  readonly weight: number
  readonly bake: string
}

/** Steps, a preset with its numbers, or a name: `linear`, `exponential`, `canary`, `all-at-once`, or one of CodeDeploy's. */
export type CanaryPlan =
  | string
  | readonly CanaryStep[]
  | { readonly preset: string; readonly step?: number; readonly bake?: string }

/** A strategy by its name, or with numbers of its own: see docs/guide/strategies.md. */
export type CanaryStrategy =
  | StrategyName
  | { readonly type: 'quick-sync'; readonly bake?: string }
  | {
      readonly type: 'blue-green'
      readonly testWindow?: string
      readonly bake?: string
      readonly keepWarm?: string
    }
  | { readonly type: 'canary' | 'linear'; readonly step?: number; readonly bake?: string }

type Settings = Omit<
  DefinitionInput,
  'canary' | 'role' | 'slots' | 'router' | 'plan' | 'strategy' | 'checks' | 'hooks'
>

/** Everything that a definition says; what is not listed here is spelled as in the definition itself. */
export interface CanaryDefinitionProps extends Settings {
  /** The canary's name, in the table, the executions and the metrics; the construct's id unless told. */
  readonly name?: string
  readonly blue: CanarySlot
  readonly green: CanarySlot
  readonly router: CanaryRouter
  /** Either this or `strategy`. */
  readonly plan?: CanaryPlan
  readonly strategy?: CanaryStrategy
  readonly checks?: readonly CanaryCheck[]
  readonly hooks?: CanaryHooks
}

/** User pools by which the rule's actions authenticate; those of a rule that is a construct are found in it. */
export type UserPools = readonly (IUserPool | string)[]

/** The definition as the table will have it, with CDK's tokens where values are not known yet. */
export function definitionInput(
  { name, blue, green, router, plan, strategy, checks, hooks, ...settings }: CanaryDefinitionProps,
  id: string,
): Record<string, unknown> {
  return {
    ...settings,
    canary: name ?? id,
    slots: { blue: slotInput(blue), green: slotInput(green) } satisfies Record<Slot, unknown>,
    router: routerInput(router),
    ...(plan === undefined ? {} : { plan }),
    ...(strategy === undefined ? {} : { strategy }),
    ...(checks === undefined ? {} : { checks: checksInput(checks) }),
    ...(hooks === undefined ? {} : { hooks: hooksInput(hooks) }),
  }
}

/**
 * Node.js runs an app without looking at its types. What is not there, or is something else, is left for the schema to
 * tell, which names its path.
 */
function slotInput(slot: CanarySlot): unknown {
  if (!isObject(slot)) return slot
  const { service, targetGroup, loadBalancer, setIdentifier } = slot
  return defined({
    ...serviceInput(service),
    targetGroup: typeof targetGroup === 'object' ? targetGroup.targetGroupArn : targetGroup,
    loadBalancer: typeof loadBalancer === 'object' ? loadBalancer.loadBalancerArn : loadBalancer,
    setIdentifier,
  })
}

function serviceInput(service: CanarySlot['service']) {
  if (!isObject(service)) return { service }
  return 'serviceName' in service
    ? { cluster: service.cluster.clusterName, service: service.serviceName }
    : service
}

function routerInput(router: CanaryRouter): unknown {
  if (!isObject(router)) return router
  if ('rule' in router) {
    const { rule, ...others } = router
    return {
      type: 'alb',
      rule: typeof rule === 'object' ? rule.listenerRuleArn : rule,
      ...others,
    }
  }
  if ('listener' in router) {
    const { listener, ...others } = router
    return {
      type: 'alb',
      listener: typeof listener === 'object' ? listener.listenerArn : listener,
      ...others,
    }
  }
  const { hostedZone, ...others } = router
  return {
    type: 'route53',
    hostedZone: typeof hostedZone === 'object' ? hostedZone.hostedZoneId : hostedZone,
    ...others,
  }
}

function checksInput(checks: readonly CanaryCheck[]): unknown {
  return Array.isArray(checks) ? checks.map(checkInput) : checks
}

function checkInput(check: CanaryCheck): unknown {
  if (!isObject(check)) return check
  if (check.type === 'alarms') {
    const { alarms } = check
    return { ...check, alarms: Array.isArray(alarms) ? alarms.map(alarmInput) : alarms }
  }
  return check.type === 'custom' ? askedInput(check) : check
}

function alarmInput(alarm: IAlarm | string): string {
  return typeof alarm === 'object' ? alarm.alarmName : alarm
}

function hooksInput(hooks: CanaryHooks): unknown {
  if (!isObject(hooks)) return hooks
  const points = Object.entries(hooks).map(([point, asked]) => [
    point,
    Array.isArray(asked) ? asked.map(askedInput) : asked,
  ])
  return Object.fromEntries(points)
}

function askedInput<One extends Asked>(one: One): unknown {
  if (!isObject(one)) return one
  const { function: asked } = one
  return { ...one, function: typeof asked === 'object' ? asked.functionArn : asked }
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** Without the keys that have no value: the schema tells an absent one from an undefined one. */
function defined(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}
