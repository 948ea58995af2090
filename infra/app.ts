import { App, type AppProps } from 'aws-cdk-lib'
import type { FunctionBundles } from './bundling/bundle-functions.ts'
import { STACK_NAME } from './stack-name.ts'
import { ControllerStack } from './stacks/controller-stack.ts'

/** The app that `npm run synth` synthesizes. Of no account or region, so that it needs neither. */
export function createApp(bundles: FunctionBundles, props: AppProps = {}): App {
  const app = new App({
    analyticsReporting: false,
    treeMetadata: false,
    // Stack traces would put this machine's paths into the assembly.
    context: { 'aws:cdk:disable-creation-stack-traces': true },
    ...props,
  })
  new ControllerStack(app, STACK_NAME, {
    bundles,
    description: 'Sluice: canary rollouts of ECS services',
  })
  return app
}
