import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { App, Stack } from 'aws-cdk-lib'
import { type IVpc, Vpc } from 'aws-cdk-lib/aws-ec2'
import {
  Cluster,
  ContainerImage,
  FargateService,
  FargateTaskDefinition,
  type ICluster,
} from 'aws-cdk-lib/aws-ecs'
import {
  ApplicationListener,
  ApplicationListenerRule,
  ApplicationLoadBalancer,
  ApplicationTargetGroup,
  ListenerAction,
  ListenerCondition,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import { afterAll } from 'vitest'
import type { FunctionBundles } from '../../infra/bundling/bundle-functions.ts'
import { Canary, type CanaryProps } from '../../infra/constructs/canary.ts'
import { ControllerReference } from '../../infra/constructs/controller-reference.ts'
import { FUNCTIONS } from '../../infra/function-names.ts'
import type { Resource } from './template.ts'

const folder = mkdtempSync(join(tmpdir(), 'sluice-infra-test-'))
let apps = 0
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A folder that is gone after the test. */
export function newFolder(): string {
  apps += 1
  return join(folder, String(apps))
}

/** An app whose assembly is gone after the test. */
export function newApp(): App {
  return new App({ analyticsReporting: false, treeMetadata: false, outdir: newFolder() })
}

/** Code for every function, of which only the template is looked at. */
export function emptyBundles(): FunctionBundles {
  const directory = newFolder()
  mkdirSync(directory)
  writeFileSync(join(directory, 'index.mjs'), '')
  const bundles = FUNCTIONS.map((name) => [
    name,
    { name, directory, startBytes: 0, onDemandBytes: 0 },
  ])
  return Object.fromEntries(bundles) as FunctionBundles
}

/** A stack as a team has it before Sluice: two services behind one load balancer's rule. */
export function serviceScene() {
  const app = newApp()
  const stack = new Stack(app, 'Shop')
  // CDK's classes do not fit their own interfaces where optional properties are exact.
  const vpc = new Vpc(stack, 'Vpc', { natGateways: 0 }) as IVpc
  const cluster = new Cluster(stack, 'Cluster', { vpc }) as ICluster
  const task = new FargateTaskDefinition(stack, 'Task')
  task.addContainer('web', {
    image: ContainerImage.fromRegistry('web'),
    portMappings: [{ containerPort: 80 }],
  })
  const service = (id: string) => new FargateService(stack, id, { cluster, taskDefinition: task })
  const balancer = new ApplicationLoadBalancer(stack, 'Balancer', { vpc })
  const targets = (id: string) => new ApplicationTargetGroup(stack, id, { vpc, port: 80 })
  const [blueTargets, greenTargets, otherTargets] = [
    targets('BlueTargets'),
    targets('GreenTargets'),
    targets('OtherTargets'),
  ]
  const split = ListenerAction.weightedForward([
    { targetGroup: blueTargets, weight: 100 },
    { targetGroup: greenTargets, weight: 0 },
  ])
  const listener = new ApplicationListener(stack, 'Listener', {
    loadBalancer: balancer,
    port: 80,
    defaultAction: split,
  })
  const rule = (id: string, action: ListenerAction) =>
    new ApplicationListenerRule(stack, id, {
      listener,
      priority: 1,
      conditions: [ListenerCondition.pathPatterns(['/*'])],
      action,
    })
  const props = {
    controller: new ControllerReference(stack, 'Controller', 'sluice'),
    blue: { service: service('Blue'), targetGroup: blueTargets },
    green: { service: service('Green'), targetGroup: greenTargets },
    router: { rule: rule('Rule', split) },
    plan: 'canary',
  } satisfies CanaryProps
  return { app, stack, listener, rule, props, blueTargets, greenTargets, otherTargets }
}

export type ServiceScene = ReturnType<typeof serviceScene>

/** What is synthesized for a canary made in the scene with some props changed. */
export function synthesized(
  change: (scene: ServiceScene) => Partial<CanaryProps> = () => ({}),
  id = 'Web',
) {
  const scene = serviceScene()
  new Canary(scene.stack, id, { ...scene.props, ...change(scene) })
  return resourcesOf(scene.app, 'Shop')
}

export function resourcesOf(app: App, stack: string): Readonly<Record<string, Resource>> {
  return app.synth().getStackByName(stack).template.Resources
}
