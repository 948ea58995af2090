import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import {
  CreateClusterCommand,
  CreateServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs'
import { SFNClient } from '@aws-sdk/client-sfn'
import { newState } from '../../core/model/canary-state.ts'
import { createContainer } from '../../functions/shared/container.ts'
import { parseEnvironment } from '../../functions/shared/environment.ts'
import { createTriggerHandler } from '../../functions/trigger/index.ts'
import { createLocalAws } from '../../local/aws.ts'
import { seededRandom } from '../../local/seeded-random.ts'
import { createSimulatedTasks } from '../../test/fixtures/simulated-tasks.ts'
import { type Measurement, quantile } from '../line.ts'
import { createStateMachine, createTable, INDEX, TABLE, trust } from '../scene.ts'
import { eventOf } from '../trigger-path.ts'
import { burstOf, type DeployedTo, DUPLICATES } from './task-events.ts'

/** Instances of the trigger function at a time. */
const CONCURRENCY = 50
const CLUSTER = 'bench'

/**
 * A burst of task events for many canaries at once, over HTTP: several tasks of each canary's new revision, and a share of the
 * events twice, in any order. Each canary is to get one execution, whatever comes first.
 */
export async function measureBurst(
  canaries: number,
  events: number,
  seed: number,
): Promise<Measurement> {
  const aws = createLocalAws({ tasks: createSimulatedTasks().runner })
  const server = await aws.listen()
  const random = seededRandom(seed)
  try {
    process.env.AWS_REGION = 'us-east-1'
    process.env.AWS_ACCESS_KEY_ID = 'local'
    process.env.AWS_SECRET_ACCESS_KEY = 'local'
    process.env.AWS_ENDPOINT_URL = server.url
    await createTable(new DynamoDBClient())
    aws.iam.state.putRole({ name: 'canary', trust: trust({ Service: 'states.amazonaws.com' }) })
    const container = createContainer(
      parseEnvironment({
        TABLE_NAME: TABLE,
        CANDIDATE_INDEX: INDEX,
        STATE_MACHINE_ARN: await createStateMachine(new SFNClient()),
        EVENT_BUS_NAME: 'default',
        ENDED_EXECUTIONS_URL: 'https://sqs.us-east-1.amazonaws.com/123456789012/ended',
        FUNCTION_NAME: 'trigger',
        POWERTOOLS_LOG_LEVEL: 'SILENT',
      }),
    )
    const deployments = await createCanaries(container, canaries)
    const handle = createTriggerHandler(container)

    const queue = burstOf(deployments, events, random, ({ service, revision, deployment }, task) =>
      eventOf({
        cluster: CLUSTER,
        service,
        task: `arn:aws:ecs:us-east-1:123456789012:task/${CLUSTER}/${task}`,
        revision,
        deployment,
      }),
    )

    const times: number[] = []
    let retries = 0
    const began = performance.now()
    const work = async () => {
      for (let event = queue.pop(); event; event = queue.pop()) {
        const before = performance.now()
        // As Lambda does with what was delivered to it: three tries in all.
        for (let attempt = 0; ; attempt++) {
          try {
            await handle(event, { awsRequestId: 'load' } as never)
            break
          } catch (error) {
            if (attempt === 2) throw error
            retries++
          }
        }
        times.push(performance.now() - before)
      }
    }
    await Promise.all(Array.from({ length: CONCURRENCY }, work))
    const seconds = (performance.now() - began) / 1_000
    const executions = aws.stepfunctions.state.executions.size
    return {
      name: 'burst',
      lines: [
        {
          what: 'canaries without an execution',
          measured: canaries - executions,
          unit: '',
          atMost: 0,
        },
        { what: 'executions too many', measured: executions - canaries, unit: '', atMost: 0 },
        {
          what: `${events.toLocaleString('en')} events, ${DUPLICATES * 100} % of them twice`,
          measured: seconds,
          unit: 's',
          beside: `${(events / seconds).toFixed(0)} a second, ${CONCURRENCY} at a time, ${retries} retried`,
        },
        { what: 'an event: p50', measured: quantile(times, 0.5), unit: 'ms' },
        { what: 'an event: p99', measured: quantile(times, 0.99), unit: 'ms' },
      ],
    }
  } finally {
    delete process.env.AWS_ENDPOINT_URL
    await server.close()
    await aws.close()
  }
}

/** Each with a service in its idle slot that has just been given a revision. */
async function createCanaries(
  { store }: ReturnType<typeof createContainer>,
  canaries: number,
): Promise<readonly DeployedTo[]> {
  const ecs = new ECSClient()
  await ecs.send(new CreateClusterCommand({ clusterName: CLUSTER }))
  const { taskDefinition } = await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'checkout',
      containerDefinitions: [{ name: 'app', image: 'sluice/sample-app' }],
    }),
  )
  const deployed: DeployedTo[] = []
  for (let number = 1; number <= canaries; number++) {
    const serviceName = `canary-${number}-green`
    const { service } = await ecs.send(
      new CreateServiceCommand({
        cluster: CLUSTER,
        serviceName,
        taskDefinition: taskDefinition?.taskDefinitionArn,
        desiredCount: 0,
      }),
    )
    const [primary] = service?.deployments ?? []
    if (!primary?.id || !primary.taskDefinition) throw new Error('a service without deployment')
    deployed.push({
      service: serviceName,
      revision: primary.taskDefinition,
      deployment: primary.id,
    })
    const services = {
      blue: `${CLUSTER}/canary-${number}-blue`,
      green: `${CLUSTER}/${serviceName}`,
    }
    await store.createState(newState(`canary-${number}`, 'blue', services))
  }
  return deployed
}
