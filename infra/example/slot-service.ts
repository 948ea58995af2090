import type { Duration } from 'aws-cdk-lib'
import { RemovalPolicy, Validations } from 'aws-cdk-lib'
import type { SecurityGroup } from 'aws-cdk-lib/aws-ec2'
import * as ecs from 'aws-cdk-lib/aws-ecs'
import type { ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import type { Durations } from './durations.ts'
import { scaleWithRequests } from './scaling.ts'

/** What the sample application listens on, and what its health check asks for. */
export const PORT = 8080
export const HEALTH_PATH = '/health'
export const CONTAINER = 'app'
/** Of the image; nobody that its processes could be on the host either. */
const USER = '1000'
const PLATFORM = {
  cpuArchitecture: ecs.CpuArchitecture.ARM64,
  operatingSystemFamily: ecs.OperatingSystemFamily.LINUX,
}

export interface SlotServiceProps {
  readonly canary: string
  readonly slot: 'blue' | 'green'
  readonly cluster: ecs.ICluster
  /** Instances instead of Fargate. */
  readonly instances?: ecs.AsgCapacityProvider | undefined
  readonly group: SecurityGroup
  readonly targetGroup: ApplicationTargetGroup
  readonly image: ecs.ContainerImage
  /** How many tasks it is created with; afterwards the number is the pipeline's, autoscaling's and Sluice's. */
  readonly initialCount: number
  /** Bounds of autoscaling. The same for both slots: either of them may have to carry everything. */
  readonly tasks: { readonly min: number; readonly max: number }
  readonly durations: Durations
  /** A rollout is over by then; see scaling.ts. */
  readonly scaleInAfter: Duration
}

/** One slot: an ECS service in private subnets, reachable through its target group alone. */
export class SlotService extends Construct {
  readonly service: ecs.FargateService | ecs.Ec2Service
  readonly task: ecs.TaskDefinition

  constructor(scope: Construct, id: string, props: SlotServiceProps) {
    super(scope, id)
    this.task = this.taskDefinition(props)
    this.service = this.createService(props)
    this.service.attachToApplicationTargetGroup(props.targetGroup)
    scaleWithRequests(this, this.service, props)
  }

  private taskDefinition({ canary, slot, image, durations, instances }: SlotServiceProps) {
    const task = new ecs.TaskDefinition(this, 'Task', {
      family: `${canary}-${slot}`,
      compatibility: instances ? ecs.Compatibility.EC2 : ecs.Compatibility.FARGATE,
      networkMode: ecs.NetworkMode.AWS_VPC,
      cpu: '256',
      memoryMiB: '512',
      // Instances have an architecture of their own.
      ...(instances ? {} : { runtimePlatform: PLATFORM }),
    })
    task.addContainer(CONTAINER, {
      containerName: CONTAINER,
      image,
      essential: true,
      user: USER,
      readonlyRootFilesystem: true,
      portMappings: [{ containerPort: PORT }],
      environment: { SLOT: slot, VERSION: '1.0' },
      stopTimeout: durations.stopTimeout,
      logging: ecs.LogDriver.awsLogs({
        streamPrefix: slot,
        logGroup: new LogGroup(this, 'Logs', {
          retention: RetentionDays.ONE_MONTH,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
      }),
    })
    Validations.of(task).acknowledge({
      id: 'AwsSolutions-ECS2',
      reason: 'the variables say which slot and version; secrets would come from Secrets Manager',
    })
    return task
  }

  private createService(props: SlotServiceProps) {
    const { cluster, group, initialCount, durations, instances } = props
    const common: ecs.BaseServiceOptions & { readonly taskDefinition: ecs.TaskDefinition } = {
      cluster,
      taskDefinition: this.task,
      desiredCount: initialCount,
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      /**
       * ECS gives up on tasks that do not come up. It does not go back to the revision before: those tasks would be new ones
       * of an older version, which Sluice would roll out as it does every new version.
       */
      circuitBreaker: { enable: true, rollback: false },
      healthCheckGracePeriod: durations.healthGrace,
    }
    const network = { securityGroups: [group], vpcSubnets: { subnetGroupName: 'Tasks' } }
    if (!instances) {
      return new ecs.FargateService(this, 'Service', {
        ...common,
        ...network,
        assignPublicIp: false,
        platformVersion: ecs.FargatePlatformVersion.LATEST,
      })
    }
    return new ecs.Ec2Service(this, 'Service', {
      ...common,
      ...network,
      capacityProviderStrategies: [{ capacityProvider: instances.capacityProviderName, weight: 1 }],
    })
  }
}
