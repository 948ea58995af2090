import { performance } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { DescribeServicesCommand } from '@aws-sdk/client-ecs'
import { albExample } from './environment/alb.ts'
import type { Environment, Example, RouterName } from './environment/environment.ts'
import { route53Example } from './environment/route53.ts'
import type { Scenario } from './scenarios/scenario.ts'
import type { Stage } from './stage.ts'
import type { Observer } from './view/observer.ts'

const EXAMPLES: Readonly<Record<RouterName, Example>> = {
  alb: albExample,
  route53: route53Example,
}

/** Milliseconds. */
const PATIENCE = 60_000
const LOOK = 100

/** Deploys an example's stack, its canary with it, and waits until it serves. */
export async function raiseEnvironment(
  stage: Stage,
  router: RouterName,
  { definition }: Pick<Scenario, 'definition'>,
  observer: Pick<Observer, 'note'>,
): Promise<Environment> {
  const example = EXAMPLES[router]
  const began = performance.now()
  const { outputs, resources } = await stage.deploy(example.stack)
  const environment = example.find(stage.clients, outputs)
  const { canary } = environment
  if (definition) await stage.records.amendDefinition(canary, definition)
  await waitFor(`${environment.services.blue} to be steady`, () => isSteady(stage, environment))
  await waitFor(
    `the state of ${canary} in the table`,
    async () => (await stage.records.state(canary)) !== undefined,
  )
  const seconds = ((performance.now() - began) / 1_000).toFixed(1)
  observer.note(
    `${example.stack} deployed, ${resources.size} resources, and serving after ${seconds} s`,
  )
  return environment
}

async function isSteady({ clients }: Stage, { cluster, services }: Environment) {
  const described = await clients.ecs.send(
    new DescribeServicesCommand({ cluster, services: [services.blue] }),
  )
  return described.services?.[0]?.deployments?.[0]?.rolloutState === 'COMPLETED'
}

async function waitFor(what: string, condition: () => Promise<boolean>) {
  const until = Date.now() + PATIENCE
  while (!(await condition())) {
    if (Date.now() > until) throw new Error(`waited ${PATIENCE / 1_000} s for ${what}`)
    await pause(LOOK)
  }
}
