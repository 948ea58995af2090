import { setTimeout as pause } from 'node:timers/promises'
import { DescribeServicesCommand } from '@aws-sdk/client-ecs'
import { createCanaryRole } from './canary-role.ts'
import { createAlbEnvironment } from './environment/alb.ts'
import type { CreateEnvironment, Environment, RouterName } from './environment/environment.ts'
import { createRoute53Environment } from './environment/route53.ts'
import type { Scenario } from './scenarios/scenario.ts'
import type { Stage } from './stage.ts'

/** Milliseconds. */
const PATIENCE = 60_000
const LOOK = 100

/** Creates what stands before Sluice comes: services, load balancers, records; then the canary's definition. */
export async function raiseEnvironment(
  stage: Stage,
  router: RouterName,
  { readyTimeout = '30s' }: Pick<Scenario, 'readyTimeout'>,
): Promise<Environment> {
  const create: CreateEnvironment =
    router === 'alb'
      ? createAlbEnvironment
      : createRoute53Environment((arn) => addressOf(stage, arn))
  const environment = await create(stage.clients, { seed: stage.seed, readyTimeout })
  const role = createCanaryRole(stage.aws, environment.canary)
  await stage.records.define(environment.canary, { ...environment.definition, role })
  await waitFor(`${environment.services.blue} to be steady`, () => isSteady(stage, environment))
  await waitFor(
    `the state of ${environment.canary} in the table`,
    async () => (await stage.records.state(environment.canary)) !== undefined,
  )
  return environment
}

function addressOf({ aws }: Stage, arn: string): string {
  const found = aws.elbv2.state.loadBalancers.get(arn)
  if (!found) throw new Error(`no load balancer ${arn}`)
  return found.address
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
