import {
  ApplicationAutoScalingClient,
  type ApplicationAutoScalingClientConfig,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling'
import {
  CloudWatchClient,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch'
import {
  type AttributeValue,
  DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2'
import { Route53Client } from '@aws-sdk/client-route-53'
import {
  DescribeStateMachineCommand,
  SFNClient,
  UpdateStateMachineCommand,
} from '@aws-sdk/client-sfn'
import { marshall } from '@aws-sdk/util-dynamodb'
import { createRouterOf } from '../../adapters/routers.ts'
import type { PolicyStatementJson } from '../../core/model/canary-grants.ts'
import { parseDefinition } from '../../core/model/definition.ts'
import { SLOTS, type Slot } from '../../core/model/slot.ts'
import { STACK_NAME } from '../../infra/stack-name.ts'
import { createLocalAws, type LocalAws } from '../../local/aws.ts'
import { CLIENT_DEFAULTS, clientConfig } from '../fixtures/client-config.ts'
import { withCanaryRole } from '../fixtures/in-process/canary-role.ts'
import { createSurroundings } from '../fixtures/in-process/environment.ts'
import { handlersInProcess } from '../fixtures/in-process/functions.ts'
import { definitionOf, simulateHealth } from '../fixtures/in-process/local-canary.ts'
import { quietAlarm } from '../fixtures/quiet-alarm.ts'
import { createSimulatedTasks } from '../fixtures/simulated-tasks.ts'
import { callers } from './callers.ts'
import { diceOf } from './dice.ts'
import { faultyFunctions } from './faulty-functions.ts'
import { faultyNetwork } from './faulty-network.ts'
import { ALARM, checksOf, TEAM_FUNCTIONS } from './generate-definition.ts'
import type { Journal } from './journal.ts'
import type { Scenario } from './scenario.ts'
import { ScopeSigner } from './scope-signer.ts'
import { simulateMetrics, weightsNow } from './traffic.ts'

export const CANARY = 'web'

/** One canary on local AWS in this process, with everything of a scenario around it but what happens in time. */
export async function createStage(scenario: Scenario, template: string, journal: Journal) {
  const bad: Record<Slot, number> = { blue: 0, green: 0 }
  const containers = createSimulatedTasks()
  let weightsChanged: (by: string | undefined, operation: string) => void = () => undefined

  const liveAndBad = () => {
    const { blue, green } = weightsNow(aws, surroundings)
    return ((blue > 0 ? bad.blue : 0) + (green > 0 ? bad.green : 0)) / 2
  }
  const functions = faultyFunctions(
    handlersInProcess(
      () => network,
      () => undefined,
      undefined,
      {
        fetch: async () => new Response('', { status: liveAndBad() > 20 ? 500 : 200 }),
        clockOf: (fn) => ({ now: () => Date.now() + (scenario.skew[fn] ?? 0) }),
        lambdas: {
          opinion: () => ({ status: liveAndBad() > 20 ? 'fail' : 'pass' }),
          gate: ({ attempt }) => (attempt > 1 ? { status: 'pass' } : { status: 'in-progress' }),
        },
      },
      { ...CLIENT_DEFAULTS, signerConstructor: ScopeSigner },
    ),
    scenario,
    journal,
  )
  const aws = createLocalAws({
    tasks: containers.runner,
    functions,
    ecs: { healthPoll: 15_000 },
    route53: {
      inSyncAfterMs: scenario.inSyncAfter,
      ...(scenario.requestsPerSecond ? { requestsPerSecond: scenario.requestsPerSecond } : {}),
    },
    onFault: ({ service, operation, error }) =>
      journal.violated('local AWS works', `${service}:${operation}: ${error}`),
    async intercept({ operation }, next) {
      const caller = callers.getStore()
      const refusal = caller?.refusal
      if (caller && refusal) {
        caller.refusal = undefined
        throw refusal
      }
      const output = await next()
      if (WRITES.has(operation)) weightsChanged(caller && `${caller.fn}#${caller.nth}`, operation)
      return output
    },
  })
  const dice = diceOf(scenario.seed + 1)
  const network = faultyNetwork(aws.requestHandler, scenario, dice, journal)
  const person = clientConfig(aws.requestHandler)
  const dynamodb = new DynamoDBClient(person)
  const cloudwatch = new CloudWatchClient(person)

  const deployed = await aws.deploy(template, { stack: STACK_NAME })
  const table = deployed.tables[0]?.name ?? ''
  const surroundings = await createSurroundings(aws.requestHandler, scenario.router, scenario.tasks)
  for (const arn of Object.values(TEAM_FUNCTIONS)) {
    aws.lambda.createFunction(teamFunction(arn.split(':').at(-1) ?? ''))
  }
  const healthOf = simulateHealth(aws, surroundings.targetGroups)
  let granted: readonly PolicyStatementJson[] = []
  const definition = definitionOf(surroundings, scenario.definition)
  const checks = checksOf(definition)
  if (checks.includes('metric') || checks.includes('compare')) {
    simulateMetrics(
      aws,
      () => weightsNow(aws, surroundings),
      (slot) => bad[slot],
    )
  }
  // Any definition, later ones too, may look at it.
  await cloudwatch.send(new PutMetricAlarmCommand(quietAlarm(ALARM)))
  const stateMachine = [...aws.stepfunctions.state.machines.keys()][0] ?? ''
  if (scenario.executionTimeout) await limitForAWhile(aws, stateMachine, scenario.executionTimeout)
  if (scenario.autoscaling) await registerScaling(person, scenario.tasks)
  const routerOf = createRouterOf({
    elbv2: new ElasticLoadBalancingV2Client(person),
    route53: new Route53Client(person),
  })

  return {
    aws,
    network,
    functions,
    surroundings,
    containers,
    healthOf,
    bad,
    stateMachine,
    streamArn: deployed.tables[0]?.streamArn ?? '',
    functionArn: (name: string) =>
      deployed.functions.find((fn) => fn.name.endsWith(`-${name}`))?.arn ?? '',
    weights: () => weightsNow(aws, surroundings),
    onWeights(listener: typeof weightsChanged) {
      weightsChanged = listener
    },
    /** A person writes the definition, with the role that its construct makes. */
    async define(changes: Readonly<Record<string, unknown>>): Promise<void> {
      // What a rollout that runs was prepared with stays granted: CloudFormation changes a role while nobody uses it.
      const Definition = withCanaryRole(aws, { ...definition, ...changes }, (statements) => {
        granted = [...granted, ...statements]
        return granted
      })
      const Item = marshall({ Canary: CANARY, Record: 'definition', Definition, Version: 1 })
      await dynamodb.send(new PutItemCommand({ TableName: table, Item }))
    },
    /** A person edits the state in the console. */
    async edit(attribute: string, value: AttributeValue): Promise<void> {
      await dynamodb.send(
        new UpdateItemCommand({
          TableName: table,
          Key: marshall({ Canary: CANARY, Record: 'state' }),
          UpdateExpression: 'SET #a = :v',
          ExpressionAttributeNames: { '#a': attribute },
          ExpressionAttributeValues: { ':v': value },
        }),
      )
    },
    /** A person stops the line, or lets it go on. */
    async line(Stopped: boolean): Promise<void> {
      const Item = marshall({ Canary: '*', Record: 'stop-the-line', Stopped, Reason: 'simulated' })
      await dynamodb.send(new PutItemCommand({ TableName: table, Item }))
    },
    /** A person sets the weights by hand. */
    setWeights: async (blue: number, green: number) =>
      void (await routerOf(parseDefinition(definition)).set({ blue, green })),
    alarm: async (StateValue: 'OK' | 'ALARM') =>
      void (await cloudwatch.send(
        new SetAlarmStateCommand({ AlarmName: ALARM, StateValue, StateReason: 'simulated' }),
      )),
  }
}

export type Stage = Awaited<ReturnType<typeof createStage>>

const WRITES: ReadonlySet<string> = new Set([
  'ModifyRule',
  'ModifyListener',
  'ChangeResourceRecordSets',
])

async function registerScaling(config: ApplicationAutoScalingClientConfig, tasks: number) {
  const autoscaling = new ApplicationAutoScalingClient(config)
  for (const slot of SLOTS) {
    await autoscaling.send(
      new RegisterScalableTargetCommand({
        ServiceNamespace: 'ecs',
        ResourceId: `service/shop/${slot}`,
        ScalableDimension: 'ecs:service:DesiredCount',
        MinCapacity: slot === 'blue' ? tasks : 0,
        MaxCapacity: 10,
      }),
    )
  }
}

/** Executions that start from now on run into their time limit, those that follow them do not. */
async function limitForAWhile(
  aws: LocalAws,
  stateMachineArn: string,
  seconds: number,
): Promise<void> {
  const sfn = new SFNClient(clientConfig(aws.requestHandler))
  const { definition } = await sfn.send(new DescribeStateMachineCommand({ stateMachineArn }))
  const limited = JSON.stringify({ ...JSON.parse(definition ?? '{}'), TimeoutSeconds: seconds })
  await sfn.send(new UpdateStateMachineCommand({ stateMachineArn, definition: limited }))
  const restore = new UpdateStateMachineCommand({ stateMachineArn, definition })
  setTimeout(() => void sfn.send(restore), seconds * 1_000)
}

const teamFunction = (name: string) => ({
  name,
  assetPath: '/nowhere',
  handler: 'index.handler',
  runtime: 'nodejs24.x',
  architecture: 'arm64',
  environment: {},
  timeoutSeconds: 10,
  memoryMegabytes: 128,
})
