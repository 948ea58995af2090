import { RemovalPolicy, Validations } from 'aws-cdk-lib'
import * as ec2 from 'aws-cdk-lib/aws-ec2'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'

export interface NetworkProps {
  /** One is enough to try things out; one an Availability Zone survives the loss of a zone. */
  readonly natGateways?: number
}

/**
 * A network of two zones. Load balancers stand in its public subnets, tasks in private ones: whoever wants to speak to a
 * task has to go through a load balancer, and a task's own calls (image, logs) go out through NAT.
 */
export class Network extends Construct {
  readonly vpc: ec2.IVpc
  /** Of every load balancer. CDK adds the rules between this and the next one where a service joins a target group. */
  readonly entrance: ec2.SecurityGroup
  /** Of every task. */
  readonly tasks: ec2.SecurityGroup

  constructor(scope: Construct, id: string, { natGateways = 1 }: NetworkProps = {}) {
    super(scope, id)
    const vpc = new ec2.Vpc(this, 'Vpc', {
      maxAzs: 2,
      natGateways,
      subnetConfiguration: [
        {
          name: 'Public',
          subnetType: ec2.SubnetType.PUBLIC,
          cidrMask: 24,
          mapPublicIpOnLaunch: false,
        },
        { name: 'Tasks', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 20 },
      ],
      flowLogs: {
        Flows: {
          destination: ec2.FlowLogDestination.toCloudWatchLogs(
            new LogGroup(this, 'Flows', {
              retention: RetentionDays.ONE_MONTH,
              removalPolicy: RemovalPolicy.DESTROY,
            }),
          ),
          trafficType: ec2.FlowLogTrafficType.REJECT,
        },
      },
    })
    // CDK's interface has `vpnGatewayId?: string` and its class a getter that may be undefined.
    this.vpc = vpc as ec2.IVpc
    this.entrance = new ec2.SecurityGroup(this, 'Entrance', {
      vpc: this.vpc,
      description: 'Load balancers: in from clients, out to tasks',
      allowAllOutbound: false,
    })
    this.tasks = new ec2.SecurityGroup(this, 'TasksGroup', {
      vpc: this.vpc,
      description: 'Tasks: in from load balancers alone, out over TLS',
      allowAllOutbound: false,
    })
    this.tasks.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(443), 'image, logs, AWS')
  }

  /** Lets clients in from anywhere, on one port. */
  open(port: number): void {
    this.entrance.addIngressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(port), 'clients')
    Validations.of(this.entrance).acknowledge({
      id: 'AwsSolutions-EC23',
      reason: 'clients of a public service come from anywhere; only load balancers have this group',
    })
  }
}
