import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServicesCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs'
import { CreateStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn'
import { newState } from '../core/model/canary-state.ts'
import type { RunningTask } from '../core/use-cases/trigger.ts'
import { createContainer } from '../functions/shared/container.ts'
import { parseEnvironment } from '../functions/shared/environment.ts'
import { createLocalAws } from '../local/aws.ts'
import { createSimulatedTasks } from '../test/fixtures/simulated-tasks.ts'
import { countCalls } from './counted-calls.ts'

export const CANARY = 'checkout'
const CLUSTER = 'bench'
export const TABLE = 'Canaries'
export const INDEX = 'ByCandidate'
/** Everybody here is the account's administrator. */
export const trust = (Principal: object) => ({
  Statement: [{ Effect: 'Allow', Principal, Action: ['sts:AssumeRole', 'sts:TagSession'] }],
})

export type Scene = Awaited<ReturnType<typeof createScene>>

/** A canary whose blue slot is live and whose green one runs a revision that no rollout was for, on local AWS. */
export async function createScene() {
  const aws = createLocalAws({ tasks: createSimulatedTasks().runner })
  const config = {
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    requestHandler: aws.requestHandler,
  }
  const ecs = new ECSClient(config)
  await createTable(new DynamoDBClient(config))
  aws.iam.state.putRole({ name: 'canary', trust: trust({ Service: 'states.amazonaws.com' }) })
  const stateMachineArn = await createStateMachine(new SFNClient(config))
  const present = await createService(ecs, 'checkout-green')

  const counted = countCalls(aws.requestHandler)
  const variables = {
    TABLE_NAME: TABLE,
    CANDIDATE_INDEX: INDEX,
    STATE_MACHINE_ARN: stateMachineArn,
    EVENT_BUS_NAME: 'default',
    ENDED_EXECUTIONS_URL: 'https://sqs.us-east-1.amazonaws.com/123456789012/ended',
    FUNCTION_NAME: 'trigger',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
  }
  const environment = parseEnvironment(variables)
  // As a function finds them in its environment.
  process.env.AWS_REGION = config.region
  process.env.AWS_ACCESS_KEY_ID = config.credentials.accessKeyId
  process.env.AWS_SECRET_ACCESS_KEY = config.credentials.secretAccessKey
  const started = () => createContainer(environment, { requestHandler: counted.requestHandler })
  const container = started()
  const role = aws.iam.state.putRole({
    name: 'canary-checkout',
    trust: trust({ AWS: 'arn:aws:iam::123456789012:root' }),
    inline: {
      canary: {
        Statement: [{ Effect: 'Allow', Action: 'ecs:DescribeServices', Resource: '*' }],
      },
    },
  }).arn
  const services = { blue: `${CLUSTER}/checkout-blue`, green: `${CLUSTER}/checkout-green` }
  await container.store.createState(newState(CANARY, 'blue', services, role))
  counted.take()

  return {
    ports: container,
    /** Of a function that has just started: it has assumed no role yet. */
    coldPorts: started,
    takeCalls: counted.take,
    /** Since `takeCalls`, in order. */
    answeredCalls: counted.answered,
    /** The candidate's task as its event tells it; `changes` make it another one. */
    task: (changes: Partial<RunningTask> = {}): RunningTask => ({
      cluster: CLUSTER,
      service: 'checkout-green',
      task: `arn:aws:ecs:us-east-1:123456789012:task/${CLUSTER}/1`,
      ...present,
      ...changes,
    }),
    /** What a function's environment has to hold. */
    variables,
    /** For functions in processes of their own. */
    listen: () => aws.listen(),
    close: () => aws.close(),
  }
}

export async function createTable(client: DynamoDBClient): Promise<void> {
  const text = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' as const })
  await client.send(
    new CreateTableCommand({
      TableName: TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [text('Canary'), text('Record'), text('CandidateService')],
      KeySchema: [
        { AttributeName: 'Canary', KeyType: 'HASH' },
        { AttributeName: 'Record', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: INDEX,
          KeySchema: [{ AttributeName: 'CandidateService', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  )
  await until(async () => {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: TABLE }))
    return Table?.TableStatus === 'ACTIVE'
  })
}

/** What the workflow does is not counted here, so it ends at once. */
export async function createStateMachine(client: SFNClient): Promise<string> {
  const { stateMachineArn } = await client.send(
    new CreateStateMachineCommand({
      name: 'canary',
      roleArn: 'arn:aws:iam::123456789012:role/canary',
      definition: JSON.stringify({ StartAt: 'Done', States: { Done: { Type: 'Succeed' } } }),
    }),
  )
  return told(stateMachineArn, 'CreateStateMachine', 'stateMachineArn')
}

/** A service with one task that runs. */
async function createService(
  client: ECSClient,
  service: string,
): Promise<Pick<RunningTask, 'revision' | 'deployment'>> {
  await client.send(new CreateClusterCommand({ clusterName: CLUSTER }))
  const { taskDefinition } = await client.send(
    new RegisterTaskDefinitionCommand({
      family: 'checkout',
      containerDefinitions: [
        { name: 'app', image: 'sluice/sample-app', portMappings: [{ containerPort: 80 }] },
      ],
    }),
  )
  const revision = told(
    taskDefinition?.taskDefinitionArn,
    'RegisterTaskDefinition',
    'taskDefinitionArn',
  )
  await client.send(
    new CreateServiceCommand({
      cluster: CLUSTER,
      serviceName: service,
      taskDefinition: revision,
      desiredCount: 1,
    }),
  )
  const described = () =>
    client.send(new DescribeServicesCommand({ cluster: CLUSTER, services: [service] }))
  await until(async () => (await described()).services?.[0]?.runningCount === 1)
  const { services } = await described()
  const deployment = told(services?.[0]?.deployments?.[0]?.id, 'DescribeServices', 'deployments')
  return { revision, deployment }
}

function told(value: string | undefined, operation: string, member: string): string {
  if (value === undefined) throw new TypeError(`local AWS: ${operation} answered no ${member}`)
  return value
}

/** Gives the event loop a turn between two looks. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setImmediate(resolve))
}
