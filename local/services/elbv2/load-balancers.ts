import type {
  CreateLoadBalancerInput,
  DeleteLoadBalancerInput,
  DescribeLoadBalancersInput,
  LoadBalancer as LoadBalancerShown,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { arnOf, REGION } from '../../account.ts'
import { AwsError } from '../../wire/service.ts'
import { DELETION_PROTECTION } from './attributes.ts'
import { describePage } from './paging.ts'
import type { Elbv2State, LoadBalancer } from './state.ts'

/** Zone of load balancers in us-east-1, which alias records must name. */
export const LOAD_BALANCER_ZONE = 'Z35SXDOTRQ7X7K'

const shown = (one: LoadBalancer): LoadBalancerShown => ({
  LoadBalancerArn: one.arn,
  DNSName: one.dnsName,
  CanonicalHostedZoneId: LOAD_BALANCER_ZONE,
  CreatedTime: one.createdAt,
  LoadBalancerName: one.name,
  Scheme: 'internet-facing',
  State: { Code: 'active' },
  Type: 'application',
  IpAddressType: 'ipv4',
})

const NAME = /^(?!-)(?!.*-$)[A-Za-z0-9-]{1,32}$/

export const createLoadBalancer =
  (state: Elbv2State, nextAddress: (name: string) => string) =>
  ({ Name: name = '', Type: type, Tags: tags }: CreateLoadBalancerInput) => {
    if (!NAME.test(name)) {
      throw new AwsError(
        'ValidationError',
        `The load balancer name '${name}' is not 1 to 32 letters, digits and inner hyphens`,
      )
    }
    if (type !== undefined && type !== 'application') {
      throw new AwsError(
        'ValidationError',
        `local AWS has application load balancers only, not ${type}`,
      )
    }
    const existing = [...state.loadBalancers.values()].find((one) => one.name === name)
    // The same call twice gives the same load balancer, as on AWS.
    if (existing) return { LoadBalancers: [shown(existing)] }
    const id = state.nextId(name)
    const created: LoadBalancer = {
      arn: arnOf('elasticloadbalancing', `loadbalancer/app/${name}/${id}`),
      name,
      dnsName: `${name}-${Number.parseInt(id.slice(0, 8), 16)}.${REGION}.elb.localhost`,
      address: nextAddress(name),
      createdAt: new Date(),
    }
    state.loadBalancers.set(created.arn, created)
    if (tags) state.tags.set(created.arn, tags)
    state.changed()
    return { LoadBalancers: [shown(created)] }
  }

export const describeLoadBalancers = (state: Elbv2State) => (input: DescribeLoadBalancersInput) => {
  const all = [...state.loadBalancers.values()]
  const wanted = (input.LoadBalancerArns ?? input.Names)?.map((given) => {
    const one = all.find(({ arn, name }) => (input.LoadBalancerArns ? arn : name) === given)
    if (!one) throw new AwsError('LoadBalancerNotFound', `Load balancers '[${given}]' not found`)
    return one
  })
  const page = describePage(wanted ?? all, (one) => one.arn, input)
  return { LoadBalancers: page.items.map(shown), ...page.marker }
}

/** Deleting what is gone already succeeds, as on AWS. */
export const deleteLoadBalancer =
  (state: Elbv2State) =>
  ({ LoadBalancerArn: arn = '' }: DeleteLoadBalancerInput) => {
    if (state.attributes.get(arn)?.[DELETION_PROTECTION] === 'true') {
      throw new AwsError(
        'OperationNotPermitted',
        `Load balancer '${arn}' cannot be deleted because deletion protection is enabled`,
      )
    }
    for (const listener of state.listenersOf(arn)) {
      for (const rule of state.rulesOf(listener.arn)) state.rules.delete(rule.arn)
      state.listeners.delete(listener.arn)
    }
    state.loadBalancers.delete(arn)
    state.attributes.delete(arn)
    state.tags.delete(arn)
    state.changed()
    return {}
  }
