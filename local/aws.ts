import { createProcessTasks } from './data-plane/tasks/process-tasks.ts'
import { customResourceInvoker } from './deploy/custom-resources/invoke.ts'
import { createResponses } from './deploy/custom-resources/responses.ts'
import { type CloudFormation, createCloudFormation, Stacks } from './deploy/index.ts'
import { createStacksApi } from './deploy/stacks-api.ts'
import { lambdaEnvironment } from './lambda-environment.ts'
import { type Autoscaling, createAutoscaling } from './services/autoscaling/index.ts'
import { type CloudWatch, createCloudWatch } from './services/cloudwatch/index.ts'
import { createDynamoDb, type DynamoDb } from './services/dynamodb/index.ts'
import { createEcs, type Ecs, type EcsDependencies } from './services/ecs/index.ts'
import type { TaskRunner } from './services/ecs/task-runner.ts'
import { createElbv2, type Elbv2, type Elbv2Options } from './services/elbv2/index.ts'
import {
  createEventBridge,
  type DeliveryFailure,
  type EventBridge,
} from './services/eventbridge/index.ts'
import { createIamApi } from './services/iam/api.ts'
import { createIam, type Iam } from './services/iam/index.ts'
import {
  createLambda,
  createWorkerLoader,
  type FunctionLoader,
  type Lambda,
} from './services/lambda/index.ts'
import { createRoute53, type Route53, type Route53Options } from './services/route53/index.ts'
import { createSns, type Sns } from './services/sns/index.ts'
import { createSqs, type Sqs } from './services/sqs/index.ts'
import { reportQueues } from './services/sqs/queue-metrics.ts'
import { createStepFunctions, type StepFunctions } from './services/stepfunctions/index.ts'
import { createSts } from './services/sts/index.ts'
import { targetRegistryOf } from './target-registry.ts'
import { createEndpoint, type Endpoint, type EndpointOptions } from './wire/endpoint.ts'
import { type InProcessHandler, requestHandlerOf } from './wire/request-handler.ts'
import { listen, type WireServer } from './wire/server.ts'

export interface LocalAwsOptions {
  /** What runs the containers of tasks; by default child processes. */
  readonly tasks?: TaskRunner
  /** Gives functions their code; by default worker threads over the assets, which needs `listen`. */
  readonly functions?: FunctionLoader
  /** Of ECS: deliver some twice, some late. */
  readonly events?: NonNullable<EcsDependencies['events']>
  readonly ecs?: NonNullable<EcsDependencies['timing']>
  readonly elbv2?: Elbv2Options
  readonly route53?: Route53Options
  /** Before each retry of an asynchronous invocation; by default as AWS, one and two minutes. */
  readonly lambdaRetryDelaysMs?: readonly number[]
  /** A line that a function wrote, or that tells what became of an event that was lost. */
  readonly lambdaLog?: (line: string) => void
  /** Stands around every operation; lets a test make calls fail. */
  readonly intercept?: NonNullable<EndpointOptions['intercept']>
  /** Hears of faults of local AWS itself, which by default are written to stderr. */
  readonly onFault?: NonNullable<EndpointOptions['onFault']>
}

export interface LocalAws extends CloudFormation {
  readonly endpoint: Endpoint
  /** For SDK clients in this process: no socket. */
  readonly requestHandler: InProcessHandler
  /** Roles and what they allow; whoever signs with a key that it did not issue may do everything. */
  readonly iam: Iam
  readonly dynamodb: DynamoDb
  readonly sqs: Sqs
  readonly sns: Sns
  readonly eventbridge: EventBridge
  readonly lambda: Lambda
  readonly stepfunctions: StepFunctions
  readonly ecs: Ecs
  readonly autoscaling: Autoscaling
  readonly elbv2: Elbv2
  readonly route53: Route53
  readonly cloudwatch: CloudWatch
  /** Events that no target and no queue took. */
  readonly lost: readonly string[]
  /** Serves the endpoint over HTTP on the loopback interface. */
  listen(options?: { readonly port?: number }): Promise<WireServer>
  close(): Promise<void>
}

/** All of local AWS, put together: nothing outside of this file knows every part. */
export function createLocalAws(options: LocalAwsOptions = {}): LocalAws {
  const log = options.lambdaLog ?? (() => undefined)
  const lost: string[] = []
  let server: WireServer | undefined

  const note = (line: string): void => {
    lost.push(line)
    log(line)
  }
  const iam = createIam()
  const dynamodb = createDynamoDb()
  const sqs = createSqs(iam)
  const loader =
    options.functions ??
    createWorkerLoader({
      log,
      logged: (line) => cloudwatch.logged(line),
      environmentOf: (fn) => lambdaEnvironment(fn, server?.url),
    })
  const lambda = createLambda({
    loader,
    sqs,
    streams: dynamodb,
    iam,
    onUnwritten: (fn, reason) => note(`${fn} lost ${reason}`),
    onLost: (fn, reason) => note(`${fn} lost an event: ${reason}`),
    ...(options.lambdaRetryDelaysMs ? { retryDelaysMs: options.lambdaRetryDelaysMs } : {}),
  })
  const sns = createSns({
    sqs: sqs.deliver,
    lambda: (arn, payload) => lambda.accept(arn, payload),
    iam,
    onLost: (subscription, reason) => note(`${subscription} lost a message: ${reason}`),
  })
  // Each of the two needs the other: rules start executions, executions emit events.
  const eventbridge: EventBridge = createEventBridge({
    targets: {
      lambda: (arn, payload) => lambda.accept(arn, payload),
      sns: (arn, payload) => sns.publish(arn, { message: payload }),
      sqs: sqs.deliver,
      states: (arn, payload) => stepfunctions.start(arn, payload),
    },
    iam,
    onDeliveryFailure: (failure) => {
      if (!failure.deadLettered) note(lostEvent(failure))
    },
  })
  const stepfunctions = createStepFunctions({
    lambda,
    publish: eventbridge.publish,
    iam,
    onUnwritten: (stateMachine, reason) => note(`${stateMachine} lost ${reason}`),
  })
  const elbv2 = createElbv2(options.elbv2)
  const ecs = createEcs({
    runner: options.tasks ?? createProcessTasks(),
    targets: targetRegistryOf(elbv2),
    publish: eventbridge.publish,
    ...(options.events ? { events: options.events } : {}),
    ...(options.ecs ? { timing: options.ecs } : {}),
  })
  const autoscaling = createAutoscaling(ecs)
  const route53 = createRoute53({
    // An alias of a load balancer; they have IPv4 alone here.
    addressesOf(dnsName, type) {
      const balancer = elbv2.state.loadBalancerByDnsName(dnsName.replace(/^dualstack\./, ''))
      if (!balancer) return undefined
      return type === 'A' ? [balancer.address] : []
    },
    ...options.route53,
  })
  const responses = createResponses()
  const cloudwatch = createCloudWatch({
    publish: eventbridge.publish,
    notify(topic, alarm, message) {
      try {
        sns.publishForAlarm(topic, alarm, message)
      } catch (error) {
        note(`${alarm} could not tell ${topic}: ${(error as Error).message}`)
      }
    },
  })
  const endReports = reportQueues(sqs.queues, cloudwatch.record)
  const services = {
    dynamodb,
    sqs,
    sns,
    eventbridge,
    lambda,
    stepfunctions,
    ecs,
    autoscaling,
    elbv2,
    route53,
    cloudwatch,
  }
  const stacks = new Stacks()
  const others = [createSts(iam), createIamApi(iam), createStacksApi(stacks), responses.service]
  const endpoint = createEndpoint([...Object.values(services), ...others], {
    authorize(accessKeyId, requirements) {
      const principal = iam.principalOf(accessKeyId)
      if (principal.kind !== 'administrator') iam.require(principal, ...requirements())
    },
    ...(options.intercept ? { intercept: options.intercept } : {}),
    ...(options.onFault ? { onFault: options.onFault } : {}),
  })

  return {
    ...services,
    iam,
    endpoint,
    requestHandler: requestHandlerOf(endpoint),
    lost,
    ...createCloudFormation(
      {
        call: endpoint.call,
        inputShape: endpoint.inputShape,
        dynamodb,
        iam,
        lambda,
        customResource: customResourceInvoker(lambda, responses),
      },
      stacks,
    ),
    async listen(given) {
      server = await listen(endpoint, given)
      return server
    },
    async close() {
      stepfunctions.close()
      endReports()
      cloudwatch.close()
      await Promise.all([ecs.close(), lambda.close()])
      await server?.close()
    },
  }
}

const lostEvent = ({ rule, target, error, event }: DeliveryFailure): string =>
  `rule ${rule} lost ${event['detail-type']} ${event.id} to ${target}: ${error.message}`
