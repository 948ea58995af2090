import {
  DescribeServicesCommand,
  type ECSClient,
  paginateListClusters,
  paginateListServices,
} from '@aws-sdk/client-ecs'
import {
  type Action,
  type ElasticLoadBalancingV2Client,
  type LoadBalancer,
  paginateDescribeListeners,
  paginateDescribeLoadBalancers,
  paginateDescribeRules,
  type RuleCondition,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import {
  ListResourceRecordSetsCommand,
  type ListResourceRecordSetsCommandOutput,
  paginateListHostedZones,
  type ResourceRecordSet,
  type Route53Client,
} from '@aws-sdk/client-route-53'
import type { FoundForward, FoundRecord, FoundService, Landscape } from '../core/operator-ports.ts'
import { answered } from './aws-errors.ts'

/** As many as DescribeServices takes at once. */
const SERVICES_AT_ONCE = 10

export interface LandscapeClients {
  readonly ecs: ECSClient
  readonly elbv2: ElasticLoadBalancingV2Client
  readonly route53: Route53Client
}

/** Reads the whole account; for a person who waits, and not for a rollout. */
export function createAwsLandscape({ ecs, elbv2, route53 }: LandscapeClients): Landscape {
  return {
    services: () => answered('ECS', 'the services of the account', servicesOf(ecs)),
    forwards: () => answered('ELBv2', 'the load balancers of the account', forwardsOf(elbv2)),
    records: () => answered('Route 53', 'the weighted records of the account', recordsOf(route53)),
  }
}

async function servicesOf(client: ECSClient): Promise<FoundService[]> {
  const found: FoundService[] = []
  for await (const { clusterArns = [] } of paginateListClusters({ client }, {})) {
    for (const cluster of clusterArns) {
      const arns: string[] = []
      for await (const page of paginateListServices({ client }, { cluster })) {
        arns.push(...(page.serviceArns ?? []))
      }
      for (let start = 0; start < arns.length; start += SERVICES_AT_ONCE) {
        const services = arns.slice(start, start + SERVICES_AT_ONCE)
        const answer = await client.send(new DescribeServicesCommand({ cluster, services }))
        for (const one of answer.services ?? []) {
          const controller = one.deploymentController?.type ?? 'ECS'
          if (controller !== 'ECS' || one.status !== 'ACTIVE') continue
          found.push({
            cluster: cluster.slice(cluster.lastIndexOf('/') + 1),
            service: one.serviceName ?? '',
            targetGroups: (one.loadBalancers ?? []).flatMap(({ targetGroupArn }) =>
              targetGroupArn === undefined ? [] : [targetGroupArn],
            ),
          })
        }
      }
    }
  }
  return found
}

async function forwardsOf(client: ElasticLoadBalancingV2Client): Promise<FoundForward[]> {
  const found: FoundForward[] = []
  for await (const { LoadBalancers = [] } of paginateDescribeLoadBalancers({ client }, {})) {
    for (const balancer of LoadBalancers) {
      if (balancer.Type !== 'application') continue
      found.push(...(await forwardsAt(client, balancer)))
    }
  }
  return found
}

async function forwardsAt(
  client: ElasticLoadBalancingV2Client,
  { LoadBalancerArn, LoadBalancerName = '', DNSName = '' }: LoadBalancer,
): Promise<FoundForward[]> {
  const found: FoundForward[] = []
  const add = (place: FoundForward['place'], told: string, actions: readonly Action[] = []) => {
    const targetGroups = targetGroupsOf(actions)
    if (targetGroups.length > 0) found.push({ place, told, dnsName: DNSName, targetGroups })
  }
  for await (const { Listeners = [] } of paginateDescribeListeners(
    { client },
    { LoadBalancerArn },
  )) {
    for (const { ListenerArn = '', Port, DefaultActions } of Listeners) {
      const listener = `${LoadBalancerName}:${Port}`
      add({ listener: ListenerArn }, `${listener}, its default action`, DefaultActions)
      for await (const { Rules = [] } of paginateDescribeRules({ client }, { ListenerArn })) {
        for (const { RuleArn = '', IsDefault, Conditions = [], Actions } of Rules) {
          if (IsDefault) continue
          const when = Conditions.map(conditionTold).join(' and ')
          add({ rule: RuleArn }, `${listener}, the rule for ${when}`, Actions)
        }
      }
    }
  }
  return found
}

function targetGroupsOf(actions: readonly Action[]): FoundForward['targetGroups'] {
  const forward = actions.find(({ Type }) => Type === 'forward')
  const tuples = forward?.ForwardConfig?.TargetGroups ?? []
  if (tuples.length === 0) {
    return forward?.TargetGroupArn ? [{ arn: forward.TargetGroupArn, weight: 1 }] : []
  }
  return tuples.map(({ TargetGroupArn: arn = '', Weight: weight = 1 }) => ({ arn, weight }))
}

function conditionTold({ Field, Values, ...config }: RuleCondition): string {
  const values =
    Values && Values.length > 0
      ? Values
      : (config.PathPatternConfig?.Values ?? config.HostHeaderConfig?.Values ?? [])
  return [Field, values.join(', ')].filter(Boolean).join(' ')
}

async function recordsOf(client: Route53Client): Promise<FoundRecord[]> {
  const found: FoundRecord[] = []
  for await (const { HostedZones = [] } of paginateListHostedZones({ client }, {})) {
    for (const { Id = '' } of HostedZones) {
      const hostedZone = Id.replace(/^\/hostedzone\//, '')
      for (const one of await allRecords(client, hostedZone)) {
        if (one.Weight === undefined || one.Type !== 'A') continue
        found.push({
          hostedZone,
          record: (one.Name ?? '').replace(/\.$/, ''),
          setIdentifier: one.SetIdentifier ?? '',
          weight: one.Weight,
          alias: one.AliasTarget?.DNSName?.replace(/\.$/, '').replace(/^dualstack\./, ''),
        })
      }
    }
  }
  return found
}

/** Its pages are told by the next record's name, and have no paginator. */
async function allRecords(
  client: Route53Client,
  HostedZoneId: string,
): Promise<ResourceRecordSet[]> {
  const records: ResourceRecordSet[] = []
  let page: ListResourceRecordSetsCommandOutput | undefined
  do {
    page = await client.send(
      new ListResourceRecordSetsCommand({
        HostedZoneId,
        ...(page?.IsTruncated
          ? {
              StartRecordName: page.NextRecordName,
              StartRecordType: page.NextRecordType,
              StartRecordIdentifier: page.NextRecordIdentifier,
            }
          : {}),
      }),
    )
    records.push(...(page.ResourceRecordSets ?? []))
  } while (page.IsTruncated)
  return records
}
