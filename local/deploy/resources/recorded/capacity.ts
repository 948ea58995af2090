import { ACCOUNT, arnOf, REGION } from '../../../account.ts'
import type { ResourceType } from '../resource-type.ts'
import { named, recorded } from './recorded.ts'

/** Where tasks run and how many is nothing that one machine decides by instances: a desired count is what stands. */
export const CAPACITY: Readonly<Record<string, ResourceType>> = {
  'AWS::ApplicationAutoScaling::ScalableTarget': recorded({
    properties: [
      'MaxCapacity',
      'MinCapacity',
      'ResourceId',
      'RoleARN',
      'ScalableDimension',
      'ScheduledActions',
      'ServiceNamespace',
      'SuspendedState',
    ],
    replacedBy: ['ResourceId', 'ScalableDimension', 'ServiceNamespace'],
    made: (name, { ResourceId, ScalableDimension, ServiceNamespace }) => ({
      ref: `${ResourceId}|${ScalableDimension}|${ServiceNamespace}`,
      attributes: { Id: name },
    }),
  }),
  'AWS::ApplicationAutoScaling::ScalingPolicy': recorded({
    nameProperty: 'PolicyName',
    properties: [
      'PolicyType',
      'ScalingTargetId',
      'StepScalingPolicyConfiguration',
      'TargetTrackingScalingPolicyConfiguration',
    ],
    replacedBy: ['ScalingTargetId'],
    made(name, { ScalingTargetId }) {
      const arn = arnOf('autoscaling', `scalingPolicy:${name}:resource/${ScalingTargetId}`)
      return { ref: arn, attributes: { Arn: arn } }
    },
  }),
  'AWS::AutoScaling::AutoScalingGroup': recorded({
    nameProperty: 'AutoScalingGroupName',
    properties: [
      'DesiredCapacity',
      'HealthCheckGracePeriod',
      'HealthCheckType',
      'LaunchTemplate',
      'MaxInstanceLifetime',
      'MaxSize',
      'MetricsCollection',
      'MinSize',
      'NewInstancesProtectedFromScaleIn',
      'Tags',
      'VPCZoneIdentifier',
    ],
    made: (name) => ({
      ref: name,
      attributes: {
        AutoScalingGroupARN: arnOf('autoscaling', `autoScalingGroup:${name}`),
      },
    }),
  }),
  'AWS::AutoScaling::LifecycleHook': recorded({
    nameProperty: 'LifecycleHookName',
    properties: [
      'AutoScalingGroupName',
      'DefaultResult',
      'HeartbeatTimeout',
      'LifecycleTransition',
      'NotificationMetadata',
      'NotificationTargetARN',
      'RoleARN',
    ],
  }),
  'AWS::ECR::Repository': recorded({
    nameProperty: 'RepositoryName',
    properties: [
      'EmptyOnDelete',
      'EncryptionConfiguration',
      'ImageScanningConfiguration',
      'ImageTagMutability',
      'LifecyclePolicy',
      'RepositoryPolicyText',
      'Tags',
    ],
    made: (name) => ({
      ref: name,
      attributes: {
        Arn: arnOf('ecr', `repository/${name}`),
        RepositoryUri: `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/${name}`,
      },
    }),
  }),
  'AWS::ECS::CapacityProvider': recorded({
    nameProperty: 'Name',
    properties: ['AutoScalingGroupProvider', 'Tags'],
  }),
  'AWS::ECS::ClusterCapacityProviderAssociations': recorded({
    properties: ['CapacityProviders', 'Cluster', 'DefaultCapacityProviderStrategy'],
    replacedBy: ['Cluster'],
    made: named,
  }),
  'AWS::IAM::InstanceProfile': recorded({
    nameProperty: 'InstanceProfileName',
    properties: ['Path', 'Roles'],
    made: (name) => ({
      ref: name,
      attributes: { Arn: `arn:aws:iam::${ACCOUNT}:instance-profile/${name}` },
    }),
  }),
  'AWS::Scheduler::Schedule': recorded({
    nameProperty: 'Name',
    properties: [
      'Description',
      'FlexibleTimeWindow',
      'GroupName',
      'ScheduleExpression',
      'ScheduleExpressionTimezone',
      'State',
      'Target',
    ],
    made: (name) => ({
      ref: name,
      attributes: { Arn: arnOf('scheduler', `schedule/default/${name}`) },
    }),
  }),
}
