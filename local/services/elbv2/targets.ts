import type {
  DeregisterTargetsInput,
  DescribeTargetHealthInput,
  RegisterTargetsInput,
  TargetDescription,
  TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { DEREGISTRATION_DELAY } from './attributes.ts'
import { theTargetGroup } from './lookup.ts'
import { type Elbv2State, type Target, type TargetGroup, targetKey } from './state.ts'

const keyOf = (group: TargetGroup, target: TargetDescription): string =>
  targetKey({ id: target.Id ?? '', port: target.Port ?? group.port })

export const registerTargets = (state: Elbv2State) => (input: RegisterTargetsInput) => {
  const group = theTargetGroup(state, input.TargetGroupArn)
  const targets = new Map(group.targets)
  for (const given of input.Targets ?? []) {
    const key = keyOf(group, given)
    const known = targets.get(key)
    // Registering again revives a target that drains and changes nothing of one that serves.
    if (known && known.health.state !== 'draining') continue
    targets.set(key, {
      id: given.Id ?? '',
      port: given.Port ?? group.port,
      health: {
        state: 'initial',
        reason: 'Elb.RegistrationInProgress',
        description: 'Target registration is in progress',
      },
    })
  }
  state.targetGroups.set(group.arn, { ...group, targets })
  state.changed()
  return {}
}

/**
 * Without a `Port`, every target of that id goes.
 * @param otherwiseMs how long a target is `draining` before it is gone, where its group's attributes do not say; 0 for
 * at once.
 */
export const deregisterTargets =
  (state: Elbv2State, otherwiseMs: number) => (input: DeregisterTargetsInput) => {
    const group = theTargetGroup(state, input.TargetGroupArn)
    const seconds = state.attributes.get(group.arn)?.[DEREGISTRATION_DELAY]
    const drainMs = seconds === undefined ? otherwiseMs : Number(seconds) * 1000
    const going = new Set(
      (input.Targets ?? []).flatMap((given) =>
        [...group.targets.values()]
          .filter((target) => target.id === given.Id)
          .filter((target) => given.Port === undefined || given.Port === target.port)
          .map(targetKey),
      ),
    )
    if (drainMs <= 0) remove(state, group.arn, going)
    else drain(state, group, going, drainMs)
    state.changed()
    return {}
  }

const remove = (state: Elbv2State, arn: string, going: ReadonlySet<string>): void => {
  const group = state.targetGroups.get(arn)
  if (!group) return
  const targets = new Map([...group.targets].filter(([key]) => !going.has(key)))
  state.targetGroups.set(arn, { ...group, targets })
}

const drain = (
  state: Elbv2State,
  group: TargetGroup,
  going: ReadonlySet<string>,
  drainMs: number,
): void => {
  const health: Target['health'] = {
    state: 'draining',
    reason: 'Target.DeregistrationInProgress',
    description: 'Target deregistration is in progress',
  }
  const targets = new Map(
    [...group.targets].map(([key, target]) => [
      key,
      going.has(key) ? { ...target, health } : target,
    ]),
  )
  state.targetGroups.set(group.arn, { ...group, targets })
  setTimeout(() => {
    // A target that was registered again meanwhile is no longer draining and stays.
    const now = state.targetGroups.get(group.arn)?.targets
    const gone = [...going].filter((key) => now?.get(key)?.health.state === 'draining')
    remove(state, group.arn, new Set(gone))
    state.changed()
  }, drainMs).unref()
}

const shown = (group: TargetGroup, target: Target, inUse: boolean): TargetHealthDescription => ({
  Target: { Id: target.id, Port: target.port },
  HealthCheckPort:
    group.healthCheck.port === 'traffic-port' ? String(target.port) : group.healthCheck.port,
  TargetHealth:
    inUse || target.health.state === 'draining'
      ? {
          State: target.health.state,
          ...(target.health.reason && { Reason: target.health.reason }),
          ...(target.health.description && { Description: target.health.description }),
        }
      : {
          State: 'unused',
          Reason: 'Target.NotInUse',
          Description: 'Target group is not configured to receive traffic from the load balancer',
        },
})

export const describeTargetHealth = (state: Elbv2State) => (input: DescribeTargetHealthInput) => {
  const group = theTargetGroup(state, input.TargetGroupArn)
  const inUse = state.usersOf(group.arn).length > 0
  const all = [...group.targets.values()]
  if (!input.Targets) {
    return { TargetHealthDescriptions: all.map((target) => shown(group, target, inUse)) }
  }
  return {
    TargetHealthDescriptions: input.Targets.map((given): TargetHealthDescription => {
      const target = group.targets.get(keyOf(group, given))
      if (target) return shown(group, target, inUse)
      return {
        Target: given,
        TargetHealth: {
          State: 'unused',
          Reason: 'Target.NotRegistered',
          Description: 'Target is not registered to the target group',
        },
      }
    }),
  }
}
