import { App, type Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { type Definition, parseDefinition } from '../../core/model/definition.ts'
import { AlbStack } from '../../infra/example/alb-stack.ts'
import type { EnvironmentProps } from '../../infra/example/environment-stack.ts'
import { ImagesStack } from '../../infra/example/images-stack.ts'
import { Route53Stack } from '../../infra/example/route53-stack.ts'
import { at, type Resource, target } from './template.ts'

/** A stack's resources, as CloudFormation gets them. */
export type Resources = Readonly<Record<string, Resource>>

export type Layout = 'alb' | 'route53'
export const LAYOUTS: readonly Layout[] = ['alb', 'route53']

const STACKS: Readonly<
  Record<Layout, new (scope: App, id: string, props: EnvironmentProps) => Stack>
> = { alb: AlbStack, route53: Route53Stack }

export function environment(layout: Layout, props: EnvironmentProps = {}): Resources {
  return resourcesIn(new STACKS[layout](new App(), 'Example', props))
}

export const images = (): Resources => resourcesIn(new ImagesStack(new App(), 'Images'))

const resourcesIn = (stack: Stack): Resources => Template.fromStack(stack).toJSON().Resources

export function ofType(
  resources: Resources,
  type: string,
): readonly (readonly [string, Resource])[] {
  return Object.entries(resources).filter(([, resource]) => resource.Type === type)
}

/** The resource that a reference points at. */
export function referred(resources: Resources, reference: unknown): Resource {
  const found = resources[String(target(reference))]
  if (!found) throw new Error(`${JSON.stringify(reference)} points at nothing`)
  return found
}

/** What stands at a path, as a list. */
export function listAt(
  resource: Resource,
  ...path: readonly (string | number)[]
): readonly unknown[] {
  const found = at(resource.Properties, ...path)
  return Array.isArray(found) ? found : []
}

/** The value of a load balancer's or target group's attribute. */
export function attribute(resource: Resource, list: string, key: string): unknown {
  return at(
    listAt(resource, list).find((one) => at(one, 'Key') === key),
    'Value',
  )
}

/**
 * The canaries' definitions, parsed as the controller will. What is known only at deployment gets values of its own
 * kind: every ARN another one, names of services and clusters as they are referred to.
 */
export function definitionsIn(resources: Resources): readonly Definition[] {
  return ofType(resources, 'Custom::SluiceCanary').map(([, { Properties }]) =>
    parseDefinition(JSON.parse(deployed(Properties.Definition, resources))),
  )
}

const ARNS: Readonly<Record<string, (id: string) => string>> = {
  'AWS::ElasticLoadBalancingV2::TargetGroup': (id) => elastic(`targetgroup/${id}/1`),
  'AWS::ElasticLoadBalancingV2::LoadBalancer': (id) => elastic(`loadbalancer/app/${id}/1`),
  'AWS::ElasticLoadBalancingV2::ListenerRule': (id) => elastic(`listener-rule/app/${id}/1/1/1`),
  'AWS::Route53::HostedZone': () => 'Z0123456789ABC',
  'AWS::IAM::Role': (id) => `arn:aws:iam::123456789012:role/sluice/canary/${id}`,
}

const elastic = (resource: string) =>
  `arn:aws:elasticloadbalancing:us-east-1:123456789012:${resource}`

function deployed(value: unknown, resources: Resources): string {
  if (typeof value === 'string') return value
  const parts = at(value, 'Fn::Join', 1)
  if (Array.isArray(parts)) return parts.map((part) => deployed(part, resources)).join('')
  const id = String(target(value))
  return ARNS[resources[id]?.Type ?? '']?.(id) ?? id
}
