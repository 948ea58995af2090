import * as schemas from '@aws-sdk/client-ecs'
import type { Service } from '../../wire/service.ts'
import { authorization } from './authorization.ts'
import type { EcsEvent } from './events.ts'
import { clusterOperations } from './operations/clusters.ts'
import { serviceOperations } from './operations/services.ts'
import { taskDefinitionOperations } from './operations/task-definitions.ts'
import { taskOperations } from './operations/tasks.ts'
import { createScheduler, SCHEDULER_TIMING, type SchedulerTiming } from './scheduler.ts'
import { createEcsState, type EcsService, type EcsState } from './state.ts'
import { supports } from './supports.ts'
import { noTargets, type TargetRegistry } from './target-registry.ts'
import type { TaskRunner } from './task-runner.ts'
import { type DeliveryOptions, unreliableDelivery } from './unreliable-delivery.ts'

export interface EcsDependencies {
  readonly runner: TaskRunner
  readonly targets?: TargetRegistry
  /** Where events go. */
  readonly publish: (event: EcsEvent) => void
  readonly events?: DeliveryOptions
  readonly timing?: Partial<SchedulerTiming>
}

export interface Ecs extends Service {
  readonly name: 'ecs'
  readonly state: EcsState
  /** What Application Auto Scaling does: writes the desired count, by a role of its own. */
  scale(service: EcsService, desiredCount: number): void
  /** Ends every task's container at once. */
  close(): Promise<void>
}

export function createEcs(deps: EcsDependencies): Ecs {
  const state = createEcsState()
  const targets = deps.targets ?? noTargets
  const publish = unreliableDelivery(deps.publish, deps.events)
  const timing = { ...SCHEDULER_TIMING, ...deps.timing }
  const scheduler = createScheduler({ state, runner: deps.runner, targets, publish, timing })
  return {
    name: 'ecs',
    schemas,
    supports,
    authorization,
    state,
    operations: {
      ...clusterOperations(state),
      ...taskDefinitionOperations(state),
      ...serviceOperations({ state, scheduler, targets, publish }),
      ...taskOperations(state, scheduler),
    },
    scale(service, desiredCount) {
      service.desiredCount = desiredCount
      scheduler.reconcile(service)
    },
    close: () => scheduler.close(),
  }
}
