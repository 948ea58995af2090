import { App, type AppProps } from 'aws-cdk-lib'
import type { FunctionBundles } from './bundling/bundle-functions.ts'
import { ALB_STACK, AlbStack } from './example/alb-stack.ts'
import { IMAGES_STACK, ImagesStack } from './example/images-stack.ts'
import type { Pace } from './example/paces.ts'
import { ROUTE53_STACK, Route53Stack } from './example/route53-stack.ts'
import { STACK_NAME } from './stack-name.ts'
import { ControllerStack } from './stacks/controller-stack.ts'

export interface SluiceAppProps extends AppProps {
  /** Of the example environments: as on AWS, or as a demonstration has time for. */
  readonly pace?: Pace
  /** How many canaries each of the example environments has. */
  readonly canaries?: number
}

export const APP_CONTEXT = {
  // Stack traces would put this machine's paths into the assembly.
  'aws:cdk:disable-creation-stack-traces': true,
  // What was not asked for stays out of the services' templates.
  '@aws-cdk/aws-ecs:removeDefaultDeploymentAlarm': true,
  '@aws-cdk/aws-ecs:disableExplicitDeploymentControllerForCircuitBreaker': true,
} as const

/** The app that `npm run synth` synthesizes. Of no account or region, so that it needs neither. */
export function createApp(bundles: FunctionBundles, props: SluiceAppProps = {}): App {
  const { pace = 'minutes', canaries = 1, ...appProps } = props
  const app = new App({
    analyticsReporting: false,
    treeMetadata: false,
    context: APP_CONTEXT,
    ...appProps,
  })
  const controller = new ControllerStack(app, STACK_NAME, {
    bundles,
    description: 'Sluice: canary rollouts of ECS services',
  })
  const images = new ImagesStack(app, IMAGES_STACK, { description: 'Sluice example: images' })
  const alb = new AlbStack(app, ALB_STACK, {
    pace,
    canaries,
    description: 'Sluice example: slots behind one rule of a load balancer',
  })
  const route53 = new Route53Stack(app, ROUTE53_STACK, {
    pace,
    canaries,
    description: 'Sluice example: a load balancer for each slot, behind weighted records',
  })
  // What `cdk deploy --all` makes first, and `cdk destroy --all` removes last: definitions need their controller for both.
  for (const example of [alb, route53]) {
    example.addStackDependency(controller)
    example.addStackDependency(images)
  }
  return app
}
