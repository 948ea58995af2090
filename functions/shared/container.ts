import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling'
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'
import { ECSClient } from '@aws-sdk/client-ecs'
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2'
import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { Route53Client } from '@aws-sdk/client-route-53'
import { SFNClient } from '@aws-sdk/client-sfn'
import { SQSClient } from '@aws-sdk/client-sqs'
import { STSClient } from '@aws-sdk/client-sts'
import { createAlbTargetGroups } from '../../adapters/alb-target-groups.ts'
import { createApplicationAutoscaling } from '../../adapters/application-autoscaling.ts'
import { createCloudWatchAlarms } from '../../adapters/cloudwatch-alarms.ts'
import { createCloudWatchMetrics } from '../../adapters/cloudwatch-metrics.ts'
import { createDynamoDefinitions } from '../../adapters/dynamodb-definitions.ts'
import { createDynamoRecordStore } from '../../adapters/dynamodb-record-store.ts'
import { createEcsServices } from '../../adapters/ecs-services.ts'
import { createEventBridgeNotices } from '../../adapters/eventbridge-notices.ts'
import { createFetchHttp } from '../../adapters/fetch-http.ts'
import { createLambdas } from '../../adapters/lambda-functions.ts'
import { route53Retries, type Urgency } from '../../adapters/route53-retries.ts'
import { createRouterOf } from '../../adapters/routers.ts'
import { createSqsReminders } from '../../adapters/sqs-reminders.ts'
import { createStepFunctionsWorkflows } from '../../adapters/step-functions-workflows.ts'
import { createStsIdentities } from '../../adapters/sts-identities.ts'
import { createRoleSessions } from '../../adapters/sts-role-sessions.ts'
import type {
  Alarms,
  Autoscaling,
  Clock,
  Definitions,
  Http,
  Identities,
  Lambdas,
  Metrics,
  Notices,
  Ports,
  Reach,
  Reaching,
  RecordStore,
  RouterOf,
  Services,
  TargetGroups,
  Workflows,
} from '../../core/ports.ts'
import type { Reminders } from '../../core/workflow-ports.ts'
import { type Environment, parseEnvironment } from './environment.ts'
import { createWatch, type Watch } from './watch.ts'

/** What the ports are built from. */
export interface Wiring {
  readonly environment: Environment
  /** Carries the requests of every client; the network unless told. */
  readonly requestHandler?: DynamoDBClientConfig['requestHandler']
  /** Whom the clients act as; the function's own role, out of its environment, unless told. */
  readonly credentials?: DynamoDBClientConfig['credentials']
  readonly clock?: Clock
  /** Carries the requests of `http` checks; the runtime's own unless told. */
  readonly fetch?: typeof fetch
  /** What else every client is told, for whoever makes very many of them in one process. */
  readonly clientDefaults?: ClientDefaults
}

/** Of what a client otherwise finds out itself, in files and in the environment, or does anew at each call. */
export type ClientDefaults = Pick<
  DynamoDBClientConfig,
  | 'region'
  | 'logger'
  | 'cacheMiddleware'
  | 'defaultsMode'
  | 'retryMode'
  | 'userAgentAppId'
  | 'useDualstackEndpoint'
  | 'useFipsEndpoint'
  | 'ignoreConfiguredEndpointUrls'
  | 'disableClockSkewCorrection'
  | 'authSchemePreference'
  | 'accountIdEndpointMode'
  | 'signerConstructor'
>

type Build<Port> = (wiring: Wiring) => Port
type BuildersOf<Some> = { readonly [Name in keyof Some]: Build<Some[Name]> }

/** The ports that a function needs, as its builders name them, and what it is watched by. */
export type Container<Builders = BuildersOf<Ports>> = {
  readonly [Name in keyof Builders]: Builders[Name] extends Build<infer Port> ? Port : never
} & {
  readonly environment: Environment
  readonly watch: Watch
}

const CLIENT_ATTEMPTS = 3

/**
 * A call that hangs is given up after 2 s and tried at most three times, so that four such calls in a row still
 * end within a function's 30 s, as an error that the workflow retries and not as a killed invocation.
 */
function clientConfig({ requestHandler, credentials, clientDefaults }: Wiring) {
  return {
    ...clientDefaults,
    maxAttempts: CLIENT_ATTEMPTS,
    ...(credentials === undefined ? {} : { credentials }),
    requestHandler: requestHandler ?? {
      connectionTimeout: 1_000,
      requestTimeout: 2_000,
      throwOnRequestTimeout: true,
    },
  }
}

/**
 * What the builders make and nothing else: what is not named is not in the function's bundle. Each is made when it is
 * first used: most invocations need few of them.
 */
function compose<Builders extends Readonly<Record<string, Build<unknown>>>>(
  builders: Builders,
  wiring: Wiring,
): Container<Builders> {
  const { environment } = wiring
  return Object.assign(built(builders, wiring), { environment, watch: createWatch(environment) })
}

function built<Builders extends Readonly<Record<string, Build<unknown>>>>(
  builders: Builders,
  wiring: Wiring,
) {
  const ports = {}
  for (const [name, build] of Object.entries(builders)) {
    let port: unknown
    const get = () => {
      port ??= build(wiring)
      return port
    }
    Object.defineProperty(ports, name, { get, enumerable: true })
  }
  return ports as {
    readonly [Name in keyof Builders]: Builders[Name] extends Build<infer Port> ? Port : never
  }
}

/** A container out of the function's own environment. */
export function connect<Builders extends Readonly<Record<string, Build<unknown>>>>(
  builders: Builders,
): Container<Builders> {
  return compose(builders, { environment: parseEnvironment(process.env) })
}

/** All ports at once, for whoever runs several functions in one process. */
export function createContainer(
  environment: Environment,
  options: Omit<Wiring, 'environment'> = {},
): Container {
  const reachOf = reaching({
    services,
    autoscaling,
    targetGroups,
    alarms,
    metrics,
    lambdas,
    routerOf,
  })
  const all = {
    clock,
    store,
    definitions,
    http,
    reachOf,
    workflows,
    reminders,
    notices,
    identities,
  }
  return compose(all, { environment, ...options })
}

/** Canaries that a warm function keeps sessions and clients for; one more, and the one unused for longest goes. */
const MOST_CANARIES = 100

/** The ports of a canary's own resources, as its role: one session, and one client a service, for each canary. */
export function reaching<Needs extends keyof Reach>(
  builders: Pick<BuildersOf<Reach>, Needs>,
): Build<Reaching<Needs>['reachOf']> {
  return (wiring) => {
    const { now } = clock(wiring)
    const { functionName } = wiring.environment
    const sts = new STSClient(clientConfig(wiring))
    const sessions = createRoleSessions(sts, { functionName, now })
    // Whatever the canary, the same few hosts are called: over the same connections.
    const shared = { ...wiring, requestHandler: sts.config.requestHandler }
    const kept = new Map<string, Pick<Reach, Needs>>()
    return ({ canary, role }) => {
      const key = role === undefined ? '' : `${canary} ${role}`
      const reach =
        kept.get(key) ??
        (built(
          builders,
          role === undefined
            ? shared
            : { ...shared, credentials: sessions.credentialsOf({ canary, role }) },
        ) as Pick<Reach, Needs>)
      kept.delete(key)
      kept.set(key, reach)
      if (kept.size > MOST_CANARIES) {
        const [oldest = key] = kept.keys()
        kept.delete(oldest)
      }
      return reach
    }
  }
}

export function clock(wiring: Wiring): Clock {
  return wiring.clock ?? { now: () => Date.now() }
}

export function store(wiring: Wiring): RecordStore {
  const { table, candidateIndex } = wiring.environment
  const client = new DynamoDBClient(clientConfig(wiring))
  return createDynamoRecordStore({ client, table, candidateIndex })
}

export function definitions(wiring: Wiring): Definitions {
  return createDynamoDefinitions(new DynamoDBClient(clientConfig(wiring)), wiring.environment.table)
}

export function services(wiring: Wiring): Services {
  return createEcsServices(new ECSClient(clientConfig(wiring)))
}

export function autoscaling(wiring: Wiring): Autoscaling {
  return createApplicationAutoscaling(new ApplicationAutoScalingClient(clientConfig(wiring)))
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

export function http(wiring: Wiring): Http {
  return createFetchHttp(wiring.fetch ?? fetch)
}

/** Longer than any hook or check may take; each invocation has its own limit below it. */
const LONGEST_INVOCATION = 16_000

/** Tried once: who asks again, and how often, is in the definition. */
export function lambdas(wiring: Wiring): Lambdas {
  const given = wiring.requestHandler
  const carries = given !== undefined && 'handle' in given
  const requestHandler = carries
    ? given
    : { connectionTimeout: 1_000, requestTimeout: LONGEST_INVOCATION, throwOnRequestTimeout: true }
  return createLambdas(
    new LambdaClient({ ...clientConfig(wiring), maxAttempts: 1, requestHandler }),
  )
}

/** Who restores a baseline waits for nobody who shifts up. */
function urgencyOf({ environment }: Wiring): Urgency {
  return environment.functionName === 'fail-back' ? 'insists' : 'yields'
}

export function routerOf(wiring: Wiring): RouterOf {
  return createRouterOf({
    elbv2: new ElasticLoadBalancingV2Client(clientConfig(wiring)),
    route53: new Route53Client({
      ...clientConfig(wiring),
      retryStrategy: route53Retries(urgencyOf(wiring), CLIENT_ATTEMPTS),
    }),
  })
}

export function identities(wiring: Wiring): Identities {
  return createStsIdentities(clientConfig(wiring))
}

export function workflows(wiring: Wiring): Workflows {
  const sfn = new SFNClient(clientConfig(wiring))
  return createStepFunctionsWorkflows(sfn, wiring.environment.stateMachineArn)
}

export function reminders(wiring: Wiring): Reminders {
  // The endpoint is the client's, as for every other service, and not the one in the queue's URL.
  const sqs = new SQSClient({ ...clientConfig(wiring), useQueueUrlAsEndpoint: false })
  return createSqsReminders(sqs, wiring.environment.endedExecutions)
}

/** A notice that cannot be published is logged and no more: it must not fail a rollout, least of all a fail back. */
export function notices(wiring: Wiring): Notices {
  const eventbridge = new EventBridgeClient(clientConfig(wiring))
  const { publish } = createEventBridgeNotices(eventbridge, {
    bus: wiring.environment.eventBus,
    stateMachineArn: wiring.environment.stateMachineArn,
  })
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
