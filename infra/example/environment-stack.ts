import { CfnOutput, type Duration, Stack, type StackProps, Validations } from 'aws-cdk-lib'
import { type IRepository, Repository } from 'aws-cdk-lib/aws-ecr'
import * as ecs from 'aws-cdk-lib/aws-ecs'
import type { ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import type { Construct } from 'constructs'
import { DEFAULT_CONTROLLER_NAME } from '../constructs/controller-names.ts'
import { ControllerReference, type ICanaryController } from '../constructs/controller-reference.ts'
import {
  DeployRole,
  type DeployRoleProps,
  githubProvider,
  type PipelineProps,
} from './deploy-role.ts'
import { DURATIONS, type Durations } from './durations.ts'
import { type BySlot, bySlot, type Slot } from './entrance.ts'
import { IMAGE_REPOSITORY, INITIAL_TAG } from './images-stack.ts'
import { createInstances } from './instances.ts'
import { Network } from './network.ts'
import type { Pace } from './paces.ts'
import { scaleInAfter } from './scaling.ts'
import { SlotService } from './slot-service.ts'

export interface EnvironmentProps extends StackProps {
  /** The controller's name, where it has one of its own. Nothing else is needed of it, so it may be of another app. */
  readonly controllerName?: string
  readonly pace?: Pace
  /** How many pairs of services, each with a canary of its own. */
  readonly canaries?: number
  /** Where tasks run: on Fargate, or on instances of an Auto Scaling group. */
  readonly capacity?: 'fargate' | 'ec2'
  /** How many tasks the live slot is created with. Written once, so changing it later is a change of the service: see live. */
  readonly initialTasks?: number
  /** Bounds of each slot's number of tasks. */
  readonly tasks?: { readonly min: number; readonly max: number }
  /** Of the listeners; without one they speak plain HTTP. */
  readonly certificateArn?: string
  /**
   * To which slot the template's weights send everything; blue unless told. CloudFormation writes them when it creates
   * the router, and again with any later change of it: for such a change say here who is live. docs/guide/weights.md.
   */
  readonly live?: Slot
  readonly natGateways?: number
  /** Makes a role by which a workflow of GitHub's deploys; without it there is none. */
  readonly pipeline?: PipelineProps
}

type DeployPipeline = Omit<DeployRoleProps, 'images' | 'canary' | 'services'>

/** Who has the traffic of a new environment. */
const FIRST_LIVE: Slot = 'blue'

/** What both layouts have in common: network, cluster, and pairs of services. */
export abstract class EnvironmentStack extends Stack {
  readonly durations: Durations
  readonly network: Network
  protected readonly controller: ICanaryController
  readonly cluster: ecs.ICluster
  protected readonly live: Slot
  readonly #instances: ecs.AsgCapacityProvider | undefined
  readonly #images: IRepository
  readonly #pipeline: DeployPipeline | undefined
  readonly #initialTasks: number
  readonly #tasks: { readonly min: number; readonly max: number }

  constructor(scope: Construct, id: string, props: EnvironmentProps) {
    const { controllerName = DEFAULT_CONTROLLER_NAME } = props
    const { pace = 'minutes', capacity = 'fargate', tasks, live = 'blue', natGateways } = props
    super(scope, id, props)
    this.durations = DURATIONS[pace]
    this.live = live
    this.controller = new ControllerReference(this, 'Controller', controllerName)
    this.#initialTasks = props.initialTasks ?? 2
    this.#tasks = tasks ?? { min: 2, max: 8 }
    this.network = new Network(this, 'Network', natGateways === undefined ? {} : { natGateways })
    const cluster = new ecs.Cluster(this, 'Cluster', {
      vpc: this.network.vpc,
      containerInsightsV2: ecs.ContainerInsights.ENABLED,
    })
    // CDK's interface has `defaultCloudMapNamespace?: INamespace` and its class a getter that may be undefined.
    this.cluster = cluster as ecs.ICluster
    this.#instances =
      capacity === 'ec2' ? createInstances(this, cluster, this.network.vpc) : undefined
    this.#images = Repository.fromRepositoryName(this, 'Images', IMAGE_REPOSITORY)
    this.#pipeline = props.pipeline && {
      ...props.pipeline,
      provider: props.pipeline.provider ?? githubProvider(this),
    }
    new CfnOutput(this, 'ClusterName', { value: this.cluster.clusterName })
  }

  /**
   * The services of a pair. Blue is created with tasks, green waits empty for its first deployment. Nothing here may depend
   * on who is live later: an update of a service writes its first revision and number of tasks again.
   */
  protected createServices(
    scope: Construct,
    canary: string,
    targetGroups: BySlot<ApplicationTargetGroup>,
  ): BySlot<SlotService> {
    return bySlot((slot) => {
      const created = new SlotService(scope, slot === 'blue' ? 'Blue' : 'Green', {
        canary,
        slot,
        cluster: this.cluster,
        instances: this.#instances,
        group: this.network.tasks,
        targetGroup: targetGroups[slot],
        image: ecs.ContainerImage.fromEcrRepository(this.#images, INITIAL_TAG),
        initialCount: slot === FIRST_LIVE ? this.#initialTasks : 0,
        tasks: this.#tasks,
        durations: this.durations,
        scaleInAfter: this.scaleInAfter,
      })
      Validations.of(created).acknowledge({
        id: 'AwsSolutions-IAM5[Resource::*]',
        reason: 'ecr:GetAuthorizationToken has no resources',
      })
      return created
    })
  }

  private get scaleInAfter(): Duration {
    return scaleInAfter(this.durations)
  }

  /** The pipeline's role for a pair, where there is a pipeline. */
  protected createDeployRole(
    scope: Construct,
    number: number,
    canary: string,
    services: BySlot<SlotService>,
  ): void {
    if (!this.#pipeline) return
    const { role } = new DeployRole(scope, 'Deploy', {
      ...this.#pipeline,
      images: this.#images,
      canary,
      services: [services.blue, services.green],
    })
    this.tell(number, { DeployRoleArn: role.roleArn })
  }

  /** `BlueServiceName` for the first pair, `BlueServiceName2` for the second one. */
  protected tell(number: number, values: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(values)) {
      new CfnOutput(this, number === 1 ? name : `${name}${number}`, { value })
    }
  }
}
