import { Validations } from 'aws-cdk-lib'
import * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import type { Construct } from 'constructs'
import type { Durations } from './durations.ts'
import type { Network } from './network.ts'
import { HEALTH_PATH, PORT } from './slot-service.ts'

/** The two slots' names, blue first: it has the traffic when the environment is new. */
export const SLOTS = ['blue', 'green'] as const
export type Slot = (typeof SLOTS)[number]
export type BySlot<Value> = Readonly<Record<Slot, Value>>

export function bySlot<Value>(create: (slot: Slot) => Value): BySlot<Value> {
  return { blue: create('blue'), green: create('green') }
}

/** The weights that CloudFormation writes once, when it creates the router. From then on they are Sluice's. */
export const initialWeights = (live: Slot): BySlot<number> =>
  bySlot((slot) => (slot === live ? 100 : 0))

export function createLoadBalancer(
  scope: Construct,
  id: string,
  { vpc, entrance }: Network,
): elb.ApplicationLoadBalancer {
  const loadBalancer = new elb.ApplicationLoadBalancer(scope, id, {
    vpc,
    vpcSubnets: { subnetGroupName: 'Public' },
    internetFacing: true,
    securityGroup: entrance,
    dropInvalidHeaderFields: true,
  })
  Validations.of(loadBalancer).acknowledge({
    id: 'AwsSolutions-ELB2',
    reason: "access logs go to a bucket of the account's own, which an example does not have",
  })
  return loadBalancer
}

/** The port of clients: TLS where there is a certificate, plain HTTP to try things out. */
export function createListener(
  loadBalancer: elb.ApplicationLoadBalancer,
  network: Network,
  given: {
    readonly certificateArn?: string | undefined
    readonly defaultAction: elb.ListenerAction
  },
): elb.ApplicationListener {
  const { certificateArn, defaultAction } = given
  const port = certificateArn === undefined ? 80 : 443
  network.open(port)
  return loadBalancer.addListener('Listener', {
    port,
    open: false,
    defaultAction,
    ...(certificateArn === undefined
      ? { protocol: elb.ApplicationProtocol.HTTP }
      : {
          protocol: elb.ApplicationProtocol.HTTPS,
          certificates: [elb.ListenerCertificate.fromArn(certificateArn)],
          sslPolicy: elb.SslPolicy.RECOMMENDED_TLS,
        }),
  })
}

/** Seconds between two health checks, on AWS. */
const LEAST_INTERVAL = 5

/** Where a slot's tasks are registered and their health is asked for. */
export function createTargetGroup(
  scope: Construct,
  id: string,
  { vpc }: Network,
  { healthCheck, deregistrationDelay }: Durations,
): elb.ApplicationTargetGroup {
  const group = new elb.ApplicationTargetGroup(scope, id, {
    vpc,
    port: PORT,
    protocol: elb.ApplicationProtocol.HTTP,
    targetType: elb.TargetType.IP,
    deregistrationDelay,
    healthCheck: {
      path: HEALTH_PATH,
      healthyHttpCodes: '200',
      healthyThresholdCount: healthCheck.healthyThreshold,
      unhealthyThresholdCount: healthCheck.unhealthyThreshold,
    },
  })
  // CDK's own check knows AWS's lower bound, and refuses what one machine takes.
  const resource = group.node.defaultChild as elb.CfnTargetGroup
  resource.healthCheckIntervalSeconds = healthCheck.interval.toSeconds()
  resource.healthCheckTimeoutSeconds = healthCheck.timeout.toSeconds()
  if (healthCheck.interval.toSeconds() < LEAST_INTERVAL) {
    Validations.of(group).acknowledge({
      id: 'CloudFormation-Validate::F3034',
      reason: 'this pace is for local AWS, which asks more often than AWS does',
    })
  }
  return group
}
