import { alarm } from './cloudwatch/alarm.ts'
import { customResource } from './custom-resource.ts'
import { cluster } from './ecs/cluster.ts'
import { service } from './ecs/service.ts'
import { taskDefinition } from './ecs/task-definition.ts'
import { listener } from './elbv2/listener.ts'
import { listenerRule } from './elbv2/listener-rule.ts'
import { loadBalancer } from './elbv2/load-balancer.ts'
import { targetGroup } from './elbv2/target-group.ts'
import { eventSourceMapping } from './event-source-mapping.ts'
import { eventInvokeConfig, lambdaFunction } from './function.ts'
import { permission } from './permission.ts'
import { managedPolicy, policy } from './policy.ts'
import { queue } from './queue.ts'
import { queuePolicy } from './queue-policy.ts'
import { RECORDED } from './recorded/index.ts'
import type { ResourceType } from './resource-type.ts'
import { role } from './role.ts'
import { hostedZone } from './route53/hosted-zone.ts'
import { recordSet } from './route53/record-set.ts'
import { rule } from './rule.ts'
import { stateMachine } from './state-machine.ts'
import { globalTable, table } from './table.ts'
import { subscription, topic, topicPolicy } from './topic.ts'

const TYPES: Readonly<Record<string, ResourceType>> = {
  ...RECORDED,
  'AWS::CloudFormation::CustomResource': customResource,
  'AWS::CloudWatch::Alarm': alarm,
  'AWS::DynamoDB::GlobalTable': globalTable,
  'AWS::DynamoDB::Table': table,
  'AWS::ECS::Cluster': cluster,
  'AWS::ECS::Service': service,
  'AWS::ECS::TaskDefinition': taskDefinition,
  'AWS::ElasticLoadBalancingV2::Listener': listener,
  'AWS::ElasticLoadBalancingV2::ListenerRule': listenerRule,
  'AWS::ElasticLoadBalancingV2::LoadBalancer': loadBalancer,
  'AWS::ElasticLoadBalancingV2::TargetGroup': targetGroup,
  'AWS::Events::Rule': rule,
  'AWS::IAM::ManagedPolicy': managedPolicy,
  'AWS::IAM::Policy': policy,
  'AWS::IAM::Role': role,
  'AWS::Lambda::EventInvokeConfig': eventInvokeConfig,
  'AWS::Lambda::EventSourceMapping': eventSourceMapping,
  'AWS::Lambda::Function': lambdaFunction,
  'AWS::Lambda::Permission': permission,
  'AWS::Route53::HostedZone': hostedZone,
  'AWS::Route53::RecordSet': recordSet,
  'AWS::SNS::Subscription': subscription,
  'AWS::SNS::Topic': topic,
  'AWS::SNS::TopicPolicy': topicPolicy,
  'AWS::SQS::Queue': queue,
  'AWS::SQS::QueuePolicy': queuePolicy,
  'AWS::StepFunctions::StateMachine': stateMachine,
}

export function findResourceType(type: string): ResourceType | undefined {
  if (type.startsWith('Custom::')) return customResource
  return Object.hasOwn(TYPES, type) ? TYPES[type] : undefined
}

/** Of a type that a template was read with. */
export function resourceType(type: string): ResourceType {
  const found = findResourceType(type)
  if (!found) throw new Error(`${type} was not refused`)
  return found
}

export const typesHad = (): string => [...Object.keys(TYPES), 'Custom::…'].join(', ')
