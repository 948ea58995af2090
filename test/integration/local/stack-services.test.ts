import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLocalAws, type LocalAws } from '../../../local/aws.ts'
import { createSimulatedTasks } from '../../fixtures/simulated-tasks.ts'
import { until } from '../../fixtures/until.ts'
import { removeStackFolders, stackFolder, type TestResource } from './stack-folder.ts'

let aws: LocalAws
let calls: string[]

beforeEach(() => {
  calls = []
  aws = createLocalAws({
    tasks: createSimulatedTasks({ images: [IMAGE] }).runner,
    async intercept({ service, operation }, next) {
      calls.push(`${service}:${operation}`)
      return next()
    },
  })
})
afterEach(async () => {
  await aws.close()
  removeStackFolders()
})

const IMAGE = '123456789012.dkr.ecr.us-east-1.amazonaws.com/sluice/sample-app:1'

interface Choices {
  readonly version?: string
  readonly count?: number
  readonly priority?: number
  readonly ttl?: string
  readonly image?: string
}

const targetGroup: TestResource = {
  Type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
  Properties: {
    Port: 8080,
    Protocol: 'HTTP',
    TargetType: 'ip',
    VpcId: { Ref: 'Vpc' },
    // Templates write numbers as text where they like.
    HealthCheckIntervalSeconds: '5',
    HealthCheckPath: '/health',
    Matcher: { HttpCode: '200' },
    TargetGroupAttributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '0' }],
  },
}

const shop = ({
  version = '1',
  count = 1,
  priority = 10,
  ttl = '30',
  image = IMAGE,
}: Choices = {}): Readonly<Record<string, TestResource>> => ({
  Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/16' } },
  Subnet: {
    Type: 'AWS::EC2::Subnet',
    Properties: {
      VpcId: { Ref: 'Vpc' },
      CidrBlock: '10.0.1.0/24',
      AvailabilityZone: { 'Fn::Select': [0, { 'Fn::GetAZs': '' }] },
    },
  },
  Balancer: {
    Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
    Properties: { Subnets: [{ Ref: 'Subnet' }], Scheme: 'internet-facing', Type: 'application' },
  },
  Blue: targetGroup,
  Green: targetGroup,
  Listener: {
    Type: 'AWS::ElasticLoadBalancingV2::Listener',
    Properties: {
      LoadBalancerArn: { Ref: 'Balancer' },
      Port: 80,
      Protocol: 'HTTP',
      DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
    },
  },
  Rule: {
    Type: 'AWS::ElasticLoadBalancingV2::ListenerRule',
    Properties: {
      ListenerArn: { Ref: 'Listener' },
      Priority: priority,
      Conditions: [{ Field: 'path-pattern', Values: ['/*'] }],
      Actions: [
        {
          Type: 'forward',
          ForwardConfig: {
            TargetGroups: [
              { TargetGroupArn: { Ref: 'Blue' }, Weight: 100 },
              { TargetGroupArn: { Ref: 'Green' }, Weight: 0 },
            ],
          },
        },
      ],
    },
  },
  Cluster: { Type: 'AWS::ECS::Cluster' },
  Task: {
    Type: 'AWS::ECS::TaskDefinition',
    Properties: {
      Family: 'shop',
      Cpu: 256,
      Memory: '512',
      NetworkMode: 'awsvpc',
      RequiresCompatibilities: ['FARGATE'],
      ContainerDefinitions: [
        {
          Name: 'app',
          Image: image,
          PortMappings: [{ ContainerPort: 8080 }],
          Environment: [{ Name: 'VERSION', Value: version }],
        },
      ],
    },
  },
  Service: {
    Type: 'AWS::ECS::Service',
    DependsOn: 'Rule',
    Properties: {
      Cluster: { Ref: 'Cluster' },
      TaskDefinition: { Ref: 'Task' },
      DesiredCount: count,
      LaunchType: 'FARGATE',
      DeploymentConfiguration: { DeploymentCircuitBreaker: { Enable: true, Rollback: true } },
      LoadBalancers: [
        { ContainerName: 'app', ContainerPort: 8080, TargetGroupArn: { Ref: 'Blue' } },
      ],
    },
  },
  Zone: { Type: 'AWS::Route53::HostedZone', Properties: { Name: 'example.com' } },
  Record: {
    Type: 'AWS::Route53::RecordSet',
    Properties: {
      HostedZoneId: { Ref: 'Zone' },
      Name: 'shop.example.com',
      Type: 'TXT',
      TTL: ttl,
      SetIdentifier: 'blue',
      Weight: 100,
      ResourceRecords: ['"blue"'],
    },
  },
})

const deploy = (Resources: Readonly<Record<string, TestResource>>) =>
  aws.deploy(
    stackFolder({
      Shop: { Resources, Outputs: { Service: { Value: { 'Fn::GetAtt': ['Service', 'Name'] } } } },
    }),
  )
const service = () => aws.ecs.state.services.get('Shop-Cluster/Shop-Service')
const rule = () => [...aws.elbv2.state.rules.values()][0]
const zone = () => [...aws.route53.state.zones.values()][0]
const record = () => [...(zone()?.records.values() ?? [])].find(({ Type }) => Type === 'TXT')
const written = () => calls.splice(0).filter((call) => !/:Describe/.test(call))

describe('a stack of services, load balancers and records', () => {
  it('comes to life by the operations that everybody has', async () => {
    const { outputs } = await deploy(shop())

    expect(outputs).toEqual({ Service: 'Shop-Service' })
    expect(service()?.deploymentConfiguration.deploymentCircuitBreaker).toEqual({
      enable: true,
      rollback: true,
    })
    expect(rule()?.actions[0]?.ForwardConfig?.TargetGroups?.map(({ Weight }) => Weight)).toEqual([
      100, 0,
    ])
    expect(record()).toMatchObject({ TTL: 30, Weight: 100, ResourceRecords: [{ Value: '"blue"' }] })
    const [group] = aws.elbv2.state.targetGroups.values()
    expect(group?.healthCheck).toMatchObject({ intervalSeconds: 5, path: '/health' })
    await until(() => group !== undefined && service()?.deployments.length === 1)
    expect(written()).toContain('ecs:CreateService')
  })

  it('is left alone where nothing changed, and gets one write for one change', async () => {
    await deploy(shop())
    written()
    expect((await deploy(shop())).changes).toEqual([])
    expect(written()).toEqual([])
    await deploy(shop({ count: 2 }))
    expect(written()).toEqual(['ecs:UpdateService'])
    expect(service()?.desiredCount).toBe(2)
  })

  it('a new revision is deployed by the service, the former one deregistered at the end', async () => {
    await deploy(shop())
    const { changes } = await deploy(shop({ version: '2' }))
    expect(changes.map(({ logicalId, kind }) => `${kind} ${logicalId}`)).toEqual([
      'replaced Task',
      'updated Service',
    ])
    expect(service()?.deployments[0]?.definition.revision).toBe(2)
    const revisions = aws.ecs.state.taskDefinitions.get('shop')
    expect(revisions?.map(({ status }) => status)).toEqual(['INACTIVE', 'ACTIVE'])
  })

  it('a change of anything of a rule or a record writes all of it: weights must not be in a template that changes', async () => {
    await deploy(shop())
    const [ruleArn, zoneId] = [rule()?.arn, zone()?.id]
    written()
    await deploy(shop({ priority: 11 }))
    expect(written()).toEqual(['elbv2:SetRulePriorities', 'elbv2:ModifyRule'])
    expect(rule()).toMatchObject({ arn: ruleArn, priority: 11 })
    await deploy(shop({ priority: 11, ttl: '60' }))
    expect(written()).toEqual(['route53:ChangeResourceRecordSets'])
    expect(zone()?.id).toBe(zoneId)
    expect(record()?.TTL).toBe(60)
  })

  it('names the path of a property that an operation does not have', async () => {
    const { Task, ...others } = shop()
    const [container] = (Task?.Properties?.ContainerDefinitions ?? []) as object[]
    const broken = {
      Type: 'AWS::ECS::TaskDefinition',
      Properties: {
        ...Task?.Properties,
        ContainerDefinitions: [{ ...container, Colour: 'blue' }],
      },
    }
    await expect(deploy({ ...others, Task: broken })).rejects.toThrow(
      /property Task \(AWS::ECS::TaskDefinition\) ContainerDefinitions\[0\]\.Colour \("blue"\)/,
    )
    expect(aws.elbv2.state.loadBalancers.size).toBe(0)
  })

  it('goes as it came, service before cluster and records before their zone', async () => {
    await deploy(shop())
    await until(() =>
      [...aws.ecs.state.tasks.values()].some(({ lastStatus }) => lastStatus === 'RUNNING'),
    )
    const changes = await aws.removeStack('Shop')

    expect(changes.every(({ kind }) => kind === 'deleted')).toBe(true)
    const { loadBalancers, listeners, rules, targetGroups } = aws.elbv2.state
    for (const left of [loadBalancers, listeners, rules, targetGroups, aws.ecs.state.clusters]) {
      expect(left.size).toBe(0)
    }
    expect(aws.route53.state.zones.size).toBe(0)
  })

  it('leaves a record that somebody changed, and then cannot delete the zone', async () => {
    await deploy(shop())
    const HostedZoneId = zone()?.id
    const ResourceRecordSet = { ...record(), Weight: 0 }
    const ChangeBatch = { Changes: [{ Action: 'UPSERT', ResourceRecordSet }] }
    await aws.endpoint.call('route53', 'ChangeResourceRecordSets', { HostedZoneId, ChangeBatch })
    const removing = aws.removeStack('Shop')

    await expect(removing).rejects.toThrow(/Zone .*non-required resource record sets.*TXT blue/)
    expect(record()?.Weight).toBe(0)
  })
})

describe('the circuit breaker of a service', () => {
  it('ends a deployment whose tasks do not start, and goes back to the former one', async () => {
    await aws.close()
    aws = createLocalAws({
      tasks: {
        start: (spec) =>
          spec.image.endsWith(':broken')
            ? {
                address: Promise.reject(new Error('no such image')),
                stop: async () => {},
                onExit: () => {},
              }
            : createSimulatedTasks({ images: [IMAGE] }).runner.start(spec),
      },
      ecs: { backOff: 1, healthPoll: 10 },
    })
    const { Service, ...others } = shop()
    const { LoadBalancers: _, ...properties } = Service?.Properties ?? {}
    const lonely = { ...others, Service: { Type: 'AWS::ECS::Service', Properties: properties } }
    await deploy(lonely)
    await until(() => service()?.deployments[0]?.rolloutState === 'COMPLETED')
    const events: unknown[] = []
    aws.eventbridge.onEvent(({ detail }) => {
      const { eventName } = detail as { eventName?: string }
      if (eventName?.startsWith('SERVICE_DEPLOYMENT')) events.push(eventName)
    })
    await deploy({
      ...lonely,
      Task: shop({ image: 'sluice/sample-app:broken' }).Task as TestResource,
    })

    await until(() => events.includes('SERVICE_DEPLOYMENT_COMPLETED'))
    expect(events).toEqual([
      'SERVICE_DEPLOYMENT_IN_PROGRESS',
      'SERVICE_DEPLOYMENT_FAILED',
      'SERVICE_DEPLOYMENT_IN_PROGRESS',
      'SERVICE_DEPLOYMENT_COMPLETED',
    ])
    expect(service()?.deployments[0]?.definition.revision).toBe(1)
  })
})
