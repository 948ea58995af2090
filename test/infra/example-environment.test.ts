import { describe, expect, it } from 'vitest'
import {
  attribute,
  environment,
  images,
  LAYOUTS,
  listAt,
  ofType,
  referred,
} from './example-template.ts'
import { at, type Resource, target } from './template.ts'

const PORT = 8080

describe.each(LAYOUTS)('the example behind %s', (layout) => {
  const resources = environment(layout)
  const services = ofType(resources, 'AWS::ECS::Service')
  const loadBalancers = ofType(resources, 'AWS::ElasticLoadBalancingV2::LoadBalancer')
  const targetGroups = ofType(resources, 'AWS::ElasticLoadBalancingV2::TargetGroup')
  const tasks = ofType(resources, 'AWS::ECS::TaskDefinition')
  const groupsOf = ([, service]: readonly [string, Resource]) =>
    listAt(service, 'NetworkConfiguration', 'AwsvpcConfiguration', 'SecurityGroups').map(target)

  /** Where a subnet's packets to the world go. */
  const wayOut = (subnet: unknown) => {
    const [, joined] =
      ofType(resources, 'AWS::EC2::SubnetRouteTableAssociation').find(
        ([, { Properties }]) => target(Properties.SubnetId) === target(subnet),
      ) ?? []
    const [, route] =
      ofType(resources, 'AWS::EC2::Route').find(
        ([, { Properties }]) =>
          target(Properties.RouteTableId) === target(joined?.Properties.RouteTableId),
      ) ?? []
    return route?.Properties
  }

  /** What may come in by rules that are resources of their own. */
  const separateIngress = (group: unknown) =>
    ofType(resources, 'AWS::EC2::SecurityGroupIngress').filter(
      ([, { Properties }]) => target(Properties.GroupId) === group,
    )

  it('has two slots, each with its own service, target group and task definition', () => {
    expect(services).toHaveLength(2)
    expect(
      new Set(services.map(([, { Properties }]) => target(Properties.TaskDefinition))).size,
    ).toBe(2)
    const used = services.map(([, service]) =>
      target(at(listAt(service, 'LoadBalancers')[0], 'TargetGroupArn')),
    )
    expect([...used].sort()).toEqual(targetGroups.map(([id]) => id).sort())
  })

  describe('keeps tasks where only load balancers reach them:', () => {
    it.each(services)(
      '%s runs without public address in subnets whose way out is NAT',
      (_, service) => {
        const network = at(service.Properties, 'NetworkConfiguration', 'AwsvpcConfiguration')
        expect(at(network, 'AssignPublicIp')).toBe('DISABLED')
        const subnets = at(network, 'Subnets') as readonly unknown[]
        expect(subnets).toHaveLength(2)
        for (const subnet of subnets) {
          expect(wayOut(subnet)).toHaveProperty('NatGatewayId')
          expect(wayOut(subnet)).not.toHaveProperty('GatewayId')
          expect(referred(resources, subnet).Properties.MapPublicIpOnLaunch).toBe(false)
        }
      },
    )

    it.each(services)(
      '%s lets in the load balancers, on the port of the application alone',
      (...service) => {
        const entrances = new Set(
          loadBalancers.flatMap(([, one]) => listAt(one, 'SecurityGroups').map(target)),
        )
        const groups = groupsOf(service)
        expect(groups).toHaveLength(1)
        for (const group of groups) {
          expect(listAt(resources[String(group)] as Resource, 'SecurityGroupIngress')).toEqual([])
          const rules = separateIngress(group)
          expect(rules.length).toBeGreaterThan(0)
          for (const [, { Properties }] of rules) {
            expect(entrances).toContain(target(Properties.SourceSecurityGroupId))
            expect([Properties.FromPort, Properties.ToPort]).toEqual([PORT, PORT])
          }
        }
      },
    )

    it.each(services)('%s calls out over TLS and no other way', (...service) => {
      const [group] = groupsOf(service)
      const rules = listAt(resources[String(group)] as Resource, 'SecurityGroupEgress')
      expect(rules.map((rule) => [at(rule, 'FromPort'), at(rule, 'ToPort')])).toEqual([[443, 443]])
    })

    it.each(loadBalancers)(
      '%s stands in public subnets and speaks to tasks alone',
      (_, loadBalancer) => {
        for (const subnet of listAt(loadBalancer, 'Subnets')) {
          expect(wayOut(subnet)).toHaveProperty('GatewayId')
        }
        const [group] = listAt(loadBalancer, 'SecurityGroups').map(target)
        const inward = listAt(resources[String(group)] as Resource, 'SecurityGroupIngress')
        expect(inward.map((rule) => at(rule, 'FromPort'))).toEqual([80])
        const taskGroups = services.flatMap((service) => groupsOf(service))
        const outward = ofType(resources, 'AWS::EC2::SecurityGroupEgress').filter(
          ([, { Properties }]) => target(Properties.GroupId) === group,
        )
        expect(outward.length).toBeGreaterThan(0)
        for (const [, { Properties }] of outward) {
          expect(taskGroups).toContain(target(Properties.DestinationSecurityGroupId))
        }
        expect(
          attribute(
            loadBalancer,
            'LoadBalancerAttributes',
            'routing.http.drop_invalid_header_fields.enabled',
          ),
        ).toBe('true')
      },
    )
  })

  it.each(tasks)('%s runs as nobody in particular, and writes nothing but its log', (_, task) => {
    const [container, ...others] = listAt(task, 'ContainerDefinitions')
    expect(others).toEqual([])
    expect(container).toMatchObject({ ReadonlyRootFilesystem: true, User: '1000' })
    expect(at(container, 'Privileged')).toBeUndefined()
    expect(at(container, 'MountPoints')).toBeUndefined()
    const log = referred(resources, at(container, 'LogConfiguration', 'Options', 'awslogs-group'))
    expect(log.Properties.RetentionInDays).toBe(30)
  })

  it.each(tasks)('%s may call nothing of AWS by itself', (_, task) => {
    const role = target(task.Properties.TaskRoleArn)
    const policies = ofType(resources, 'AWS::IAM::Policy').filter(([, { Properties }]) =>
      (Properties.Roles as readonly unknown[]).map(target).includes(role),
    )
    expect(policies).toEqual([])
    expect(resources[String(role)]?.Properties.ManagedPolicyArns).toBeUndefined()
  })

  it.each(services)(
    '%s stops trying when tasks do not come up, and never goes back by itself',
    (_, service) => {
      expect(at(service.Properties, 'DeploymentConfiguration')).toMatchObject({
        DeploymentCircuitBreaker: { Enable: true, Rollback: false },
        MinimumHealthyPercent: 100,
      })
    },
  )

  it.each(targetGroups)('%s drains for no longer than a task has to end', (_, group) => {
    const delay = Number(
      attribute(group, 'TargetGroupAttributes', 'deregistration_delay.timeout_seconds'),
    )
    const stops = tasks.flatMap(([, task]) =>
      listAt(task, 'ContainerDefinitions').map((container) => Number(at(container, 'StopTimeout'))),
    )
    expect(delay).toBeGreaterThan(0)
    expect(delay).toBeLessThanOrEqual(Math.min(...stops))
  })

  it('speaks TLS alone where it has a certificate', () => {
    const certificateArn = 'arn:aws:acm:us-east-1:123456789012:certificate/1'
    const secured = environment(layout, { certificateArn })
    for (const [, { Properties }] of ofType(secured, 'AWS::ElasticLoadBalancingV2::Listener')) {
      expect(Properties).toMatchObject({
        Port: 443,
        Protocol: 'HTTPS',
        Certificates: [{ CertificateArn: certificateArn }],
      })
      expect(Properties.SslPolicy).toMatch(/TLS13/)
    }
    const open = ofType(secured, 'AWS::EC2::SecurityGroup').flatMap(([, group]) =>
      listAt(group, 'SecurityGroupIngress').map((rule) => at(rule, 'FromPort')),
    )
    expect(open).toEqual([443])
  })
})

describe('the repository', () => {
  const [[, repository] = [], ...others] = ofType(images(), 'AWS::ECR::Repository')

  it('scans what is pushed and lets no tag change its meaning', () => {
    expect(others).toEqual([])
    expect(repository?.Properties).toMatchObject({
      ImageScanningConfiguration: { ScanOnPush: true },
      ImageTagMutability: 'IMMUTABLE',
    })
  })

  it('goes with its stack, whatever is in it', () => {
    expect(repository?.DeletionPolicy).toBe('Delete')
    expect(repository?.Properties.EmptyOnDelete).toBe(true)
  })

  it('is where the environments take their image from', () => {
    const name = String(repository?.Properties.RepositoryName)
    for (const [, task] of ofType(environment('alb'), 'AWS::ECS::TaskDefinition')) {
      const [container] = listAt(task, 'ContainerDefinitions')
      expect(JSON.stringify(at(container, 'Image'))).toContain(`/${name}:initial"`)
    }
  })
})
