import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'
import { ECSClient } from '@aws-sdk/client-ecs'
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2'
import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { Route53Client } from '@aws-sdk/client-route-53'
import { SFNClient } from '@aws-sdk/client-sfn'
import { createAlbTargetGroups } from '../../adapters/alb-target-groups.ts'
import { createCloudWatchAlarms } from '../../adapters/cloudwatch-alarms.ts'
import { createCloudWatchMetrics } from '../../adapters/cloudwatch-metrics.ts'
import { createDynamoRecordStore } from '../../adapters/dynamodb-record-store.ts'
import { createEcsServices } from '../../adapters/ecs-services.ts'
import { createEventBridgeNotices } from '../../adapters/eventbridge-notices.ts'
import { createRouterOf } from '../../adapters/routers.ts'
import { createStepFunctionsWorkflows } from '../../adapters/step-functions-workflows.ts'
import type {
  Alarms,
  Clock,
  Metrics,
  Notices,
  Ports,
  RecordStore,
  RouterOf,
  Services,
  TargetGroups,
  Workflows,
} from '../../core/ports.ts'
import { type Environment, parseEnvironment } from './environment.ts'
import { createWatch, type Watch } from './watch.ts'

/** What the ports are built from. */
export interface Wiring {
  readonly environment: Environment
  /** Carries the requests of every client; the network unless told. */
  readonly requestHandler?: DynamoDBClientConfig['requestHandler']
  readonly clock?: Clock
}

/** The ports that a function needs, and what it is watched by. */
export type Container<Needs extends keyof Ports = keyof Ports> = Pick<Ports, Needs> & {
  readonly environment: Environment
  readonly watch: Watch
}

/**
 * A call that hangs is given up after 2 s and tried at most three times, so that four such calls in a row still
 * end within a function's 30 s, as an error that the workflow retries and not as a killed invocation.
 */
function clientConfig({ requestHandler }: Wiring) {
  return {
    maxAttempts: 3,
    requestHandler: requestHandler ?? {
      connectionTimeout: 1_000,
      requestTimeout: 2_000,
      throwOnRequestTimeout: true,
    },
  }
}

type PortBuilders = { readonly [Name in keyof Ports]: (wiring: Wiring) => Ports[Name] }

/** The ports that `Needs` names and no other: what is not named is not in the function's bundle. */
export function compose<Needs extends keyof Ports>(
  builders: Pick<PortBuilders, Needs>,
  wiring: Wiring,
): Container<Needs> {
  const ports: Partial<Record<keyof Ports, unknown>> = {}
  for (const name of Object.keys(builders) as Needs[]) ports[name] = builders[name](wiring)
  const { environment } = wiring
  return { ...(ports as Pick<Ports, Needs>), environment, watch: createWatch(environment) }
}

/** A container out of the function's own environment. */
export function connect<Needs extends keyof Ports>(
  builders: Pick<PortBuilders, Needs>,
): Container<Needs> {
  return compose(builders, { environment: parseEnvironment(process.env) })
}

/** All ports at once, for whoever runs several functions in one process. */
export function createContainer(
  environment: Environment,
  options: Omit<Wiring, 'environment'> = {},
): Container {
  const all = {
    clock,
    store,
    services,
    targetGroups,
    alarms,
    metrics,
    routerOf,
    workflows,
    notices,
  }
  return compose(all, { environment, ...options })
}

export function clock(wiring: Wiring): Clock {
  return wiring.clock ?? { now: () => Date.now() }
}

export function store(wiring: Wiring): RecordStore {
  const { table, candidateIndex } = wiring.environment
  const client = new DynamoDBClient(clientConfig(wiring))
  return createDynamoRecordStore({ client, table, candidateIndex })
}

export function services(wiring: Wiring): Services {
  return createEcsServices(new ECSClient(clientConfig(wiring)))
}

export function targetGroups(wiring: Wiring): TargetGroups {
  return createAlbTargetGroups(new ElasticLoadBalancingV2Client(clientConfig(wiring)))
}

export function alarms(wiring: Wiring): Alarms {
  return createCloudWatchAlarms(new CloudWatchClient(clientConfig(wiring)))
}

export function metrics(wiring: Wiring): Metrics {
  return createCloudWatchMetrics(new CloudWatchClient(clientConfig(wiring)))
}

export function routerOf(wiring: Wiring): RouterOf {
  return createRouterOf({
    elbv2: new ElasticLoadBalancingV2Client(clientConfig(wiring)),
    route53: new Route53Client(clientConfig(wiring)),
  })
}

export function workflows(wiring: Wiring): Workflows {
  const sfn = new SFNClient(clientConfig(wiring))
  return createStepFunctionsWorkflows(sfn, wiring.environment.stateMachineArn)
}

/** A notice that cannot be published is logged and no more: it must not fail a rollout, least of all a fail back. */
export function notices(wiring: Wiring): Notices {
  const eventbridge = new EventBridgeClient(clientConfig(wiring))
  const { publish } = createEventBridgeNotices(eventbridge, wiring.environment.eventBus)
  const { logger } = createWatch(wiring.environment)
  return {
    async publish(notice) {
      try {
        await publish(notice)
      } catch (error) {
        const { canary, rollout } = notice
        logger.error('a notice was not published', { canary, rollout, notice, error })
      }
    },
  }
}
