import { type CfnElement, Duration, Stack, Validations } from 'aws-cdk-lib'
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling'
import * as ec2 from 'aws-cdk-lib/aws-ec2'
import * as ecs from 'aws-cdk-lib/aws-ecs'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler'
import type { Construct } from 'constructs'

/** The newest image of Amazon Linux for ECS, looked up by each instance when it starts. */
const NEWEST_IMAGE = '/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id'
const REFRESH = 'rate(7 days)'

/**
 * EC2 capacity: ECS asks for as many instances as its tasks need, and drains one before it ends. Once a week they are
 * all replaced, a few at a time, which brings the newest image. Tasks that move because of that have a stop code of the
 * scheduler's, which speaks against no version.
 */
export function createInstances(
  scope: Construct,
  cluster: ecs.Cluster,
  vpc: ec2.IVpc,
): ecs.AsgCapacityProvider {
  const group = new ec2.SecurityGroup(scope, 'InstancesGroup', {
    vpc,
    description: 'Instances: nothing in, out over TLS',
    allowAllOutbound: false,
  })
  group.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(443), 'images, logs, AWS')
  const role = new Role(scope, 'InstanceRole', {
    assumedBy: new ServicePrincipal('ec2.amazonaws.com'),
  })
  const template = new ec2.LaunchTemplate(scope, 'Template', {
    machineImage: ec2.MachineImage.resolveSsmParameterAtLaunch(NEWEST_IMAGE),
    instanceType: new ec2.InstanceType('t4g.medium'),
    securityGroup: group,
    requireImdsv2: true,
    httpPutResponseHopLimit: 1,
    userData: ec2.UserData.forLinux(),
    role,
    blockDevices: [
      {
        deviceName: '/dev/xvda',
        volume: ec2.BlockDeviceVolume.ebs(30, {
          encrypted: true,
          volumeType: ec2.EbsDeviceVolumeType.GP3,
        }),
      },
    ],
  })
  const instances = new autoscaling.AutoScalingGroup(scope, 'Instances', {
    vpc,
    vpcSubnets: { subnetGroupName: 'Tasks' },
    launchTemplate: template,
    minCapacity: 2,
    maxCapacity: 10,
    groupMetrics: [autoscaling.GroupMetrics.all()],
    maxInstanceLifetime: Duration.days(30),
    newInstancesProtectedFromScaleIn: true,
  })
  refreshRegularly(scope, instances)
  const provider = new ecs.AsgCapacityProvider(scope, 'CapacityProvider', {
    autoScalingGroup: instances,
    enableManagedScaling: true,
    enableManagedTerminationProtection: true,
    enableManagedDraining: true,
  })
  cluster.addAsgCapacityProvider(provider)
  acknowledge(instances, role)
  return provider
}

/** A rolling instance refresh: the Auto Scaling group replaces its instances itself, Scheduler only tells it to. */
function refreshRegularly(scope: Construct, instances: autoscaling.AutoScalingGroup): void {
  const role = new Role(scope, 'RefreshRole', {
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com'),
  })
  const arn = instances.autoScalingGroupArn
  role.addToPolicy(
    new PolicyStatement({ actions: ['autoscaling:StartInstanceRefresh'], resources: [arn] }),
  )
  Validations.of(role).acknowledge({
    id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:autoscaling:<AWS::Region>:<AWS::AccountId>:autoScalingGroup:*:autoScalingGroupName/<${Stack.of(scope).getLogicalId(instances.node.findChild('ASG') as CfnElement)}>]`,
    reason: 'a group has a number in its ARN that no template knows; its name stands behind it',
  })
  new CfnSchedule(scope, 'Refresh', {
    description: 'Replaces the instances, a few at a time, by ones with the newest image',
    scheduleExpression: REFRESH,
    flexibleTimeWindow: { mode: 'FLEXIBLE', maximumWindowInMinutes: 60 },
    target: {
      arn: 'arn:aws:scheduler:::aws-sdk:autoscaling:startInstanceRefresh',
      roleArn: role.roleArn,
      input: JSON.stringify({
        AutoScalingGroupName: instances.autoScalingGroupName,
        Strategy: 'Rolling',
        Preferences: {
          // New ones come before old ones go, and ECS gives up its protection of an instance once it is drained.
          MinHealthyPercentage: 100,
          MaxHealthyPercentage: 150,
          ScaleInProtectedInstances: 'Refresh',
          SkipMatching: false,
        },
      }),
    },
  })
}

function acknowledge(instances: autoscaling.AutoScalingGroup, role: Role) {
  Validations.of(instances).acknowledge({
    id: 'AwsSolutions-AS3',
    reason: 'its scaling is told of by the cluster, whose tasks are what matters',
  })
  Validations.of(role).acknowledge(
    {
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason:
        "where the agent registers and looks for work, the API has no resources; CDK's own policy",
    },
    {
      id: 'AwsSolutions-IAM5[Action::ecs:Submit*]',
      reason: "the agent tells of what it runs, on its own cluster alone; CDK's own policy",
    },
  )
}
