import type {
  ClusterSetting,
  DeploymentConfiguration,
  HealthStatus,
  LoadBalancer,
  NetworkConfiguration,
  Tag,
  TaskDefinition,
  TaskStopCode,
} from '@aws-sdk/client-ecs'

/** The states of a task's life, in order. */
export const TASK_STATUSES = [
  'PROVISIONING',
  'PENDING',
  'ACTIVATING',
  'RUNNING',
  'DEACTIVATING',
  'STOPPING',
  'DEPROVISIONING',
  'STOPPED',
] as const
export type TaskStatus = (typeof TASK_STATUSES)[number]

export interface EcsContainer {
  readonly arn: string
  readonly name: string
  /** Injected sidecars have none. */
  readonly image?: string
  readonly runtimeId: string
  lastStatus: 'PENDING' | 'RUNNING' | 'STOPPED'
  exitCode?: number
  reason?: string
}

export interface EcsTask {
  readonly arn: string
  readonly cluster: string
  readonly service: string
  /** `ecs-svc/…` */
  readonly deployment: string
  readonly definition: TaskDefinition
  readonly attachmentId: string
  readonly availabilityZone: string
  readonly createdAt: Date
  lastStatus: TaskStatus
  desiredStatus: 'RUNNING' | 'STOPPED'
  /** Rises with every change: of two events the higher is the later. */
  version: number
  readonly containers: EcsContainer[]
  health: HealthStatus
  address?: { readonly host: string; readonly port: number }
  updatedAt: Date
  pullStartedAt?: Date
  pullStoppedAt?: Date
  startedAt?: Date
  stoppingAt?: Date
  executionStoppedAt?: Date
  stoppedAt?: Date
  stopCode?: TaskStopCode
  stoppedReason?: string
}

export interface EcsDeployment {
  readonly id: string
  status: 'PRIMARY' | 'ACTIVE'
  readonly definition: TaskDefinition
  readonly createdAt: Date
  updatedAt: Date
  /** Tasks that could not be started or were stopped for bad health. */
  failedTasks: number
  /** Tasks that ended badly one after another; sets the back-off, ends with a steady service. */
  failuresInARow: number
  rolloutState: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED'
  rolloutStateReason: string
}

export interface EcsService {
  readonly name: string
  readonly cluster: string
  readonly createdAt: Date
  status: 'ACTIVE' | 'DRAINING' | 'INACTIVE'
  desiredCount: number
  loadBalancers: readonly LoadBalancer[]
  networkConfiguration?: NetworkConfiguration
  deploymentConfiguration: DeploymentConfiguration
  healthCheckGracePeriod: number
  tags: readonly Tag[]
  /** PRIMARY first. */
  deployments: EcsDeployment[]
  /** Newest first; ECS shows 100. */
  events: { readonly id: string; readonly createdAt: Date; readonly message: string }[]
  /** No task is started before then: the back-off after failures. */
  startsAfter: number
  steady: boolean
}

export interface EcsCluster {
  readonly name: string
  readonly settings: readonly ClusterSetting[]
  readonly tags: readonly Tag[]
}

export interface EcsState {
  readonly clusters: Map<string, EcsCluster>
  /** By family; the index is the revision less one. */
  readonly taskDefinitions: Map<string, TaskDefinition[]>
  /** By `cluster/service`. */
  readonly services: Map<string, EcsService>
  /** By ARN, stopped ones too until they are forgotten. */
  readonly tasks: Map<string, EcsTask>
}

export const createEcsState = (): EcsState => ({
  clusters: new Map(),
  taskDefinitions: new Map(),
  services: new Map(),
  tasks: new Map(),
})

export const serviceKeyOf = (of: { readonly cluster: string; readonly name: string }) =>
  `${of.cluster}/${of.name}`

export const tasksOf = (state: EcsState, service: EcsService): EcsTask[] =>
  [...state.tasks.values()].filter(
    (task) => task.cluster === service.cluster && task.service === service.name,
  )

export const isPending = (task: EcsTask) =>
  task.lastStatus === 'PROVISIONING' ||
  task.lastStatus === 'PENDING' ||
  task.lastStatus === 'ACTIVATING'
export const isRunning = (task: EcsTask) => task.lastStatus === 'RUNNING'
export const isStopped = (task: EcsTask) => task.lastStatus === 'STOPPED'
/** Wanted and not ended: counts against the desired count. */
export const isWanted = (task: EcsTask) => task.desiredStatus === 'RUNNING'
