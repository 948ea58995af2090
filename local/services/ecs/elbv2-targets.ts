import { type Elbv2State, targetKey } from '../elbv2/state.ts'
import { deregisterTargets, registerTargets } from '../elbv2/targets.ts'
import type { TargetRegistry } from './target-registry.ts'

/** Registers tasks in target groups of local Elastic Load Balancing, which drains them for `drainMs`. */
export function elbv2Targets(state: Elbv2State, drainMs: number): TargetRegistry {
  const register = registerTargets(state)
  const deregister = deregisterTargets(state, drainMs)
  const input = (TargetGroupArn: string, { id, port }: { id: string; port: number }) => ({
    TargetGroupArn,
    Targets: [{ Id: id, Port: port }],
  })
  // A group that somebody deleted meanwhile has no targets to add or remove.
  const ifThere = (arn: string, act: () => void) => {
    if (state.targetGroups.has(arn)) act()
  }
  return {
    exists: (arn) => state.targetGroups.has(arn),
    register: (arn, target) => ifThere(arn, () => void register(input(arn, target))),
    deregister: (arn, target) => ifThere(arn, () => void deregister(input(arn, target))),
    health: (arn, target) => state.targetGroups.get(arn)?.targets.get(targetKey(target))?.health,
  }
}
