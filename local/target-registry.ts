import type { TargetRegistry } from './services/ecs/target-registry.ts'
import type { Elbv2 } from './services/elbv2/index.ts'
import { targetKey } from './services/elbv2/state.ts'
import type { Operation } from './wire/service.ts'

/** How ECS registers the tasks of its services: by the same operations that anybody else has. */
export function targetRegistryOf(elbv2: Elbv2): TargetRegistry {
  const call = (name: 'RegisterTargets' | 'DeregisterTargets', arn: string, target: object) => {
    // A group that somebody deleted meanwhile has no targets to add or remove.
    if (!elbv2.state.targetGroups.has(arn)) return
    const operation = elbv2.operations[name] as Operation<object>
    void operation({ TargetGroupArn: arn, Targets: [target] }, { requestId: 'ecs' })
  }
  return {
    exists: (arn) => elbv2.state.targetGroups.has(arn),
    register: (arn, { id, port }) => call('RegisterTargets', arn, { Id: id, Port: port }),
    deregister: (arn, { id, port }) => call('DeregisterTargets', arn, { Id: id, Port: port }),
    health(arn, target) {
      const health = elbv2.state.targetGroups.get(arn)?.targets.get(targetKey(target))?.health
      return health && { state: health.state, ...(health.reason ? { reason: health.reason } : {}) }
    },
  }
}
