import {
  CloudWatchClient,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch'
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { marshall } from '@aws-sdk/util-dynamodb'
import { createDynamoRecordStore } from '../../adapters/dynamodb-record-store.ts'
import type { Rollout } from '../../core/model/rollout.ts'
import { STACK_NAME } from '../../infra/stack-name.ts'
import { createLocalAws } from '../../local/aws.ts'
import { clientConfig } from '../../test/fixtures/client-config.ts'
import { withCanaryRole } from '../../test/fixtures/in-process/canary-role.ts'
import { createSurroundings, revision } from '../../test/fixtures/in-process/environment.ts'
import { definitionOf, simulateHealth } from '../../test/fixtures/in-process/local-canary.ts'
import { quietAlarm } from '../../test/fixtures/quiet-alarm.ts'
import { createSimulatedTasks } from '../../test/fixtures/simulated-tasks.ts'
import { ALARM } from './alarm.ts'

/** Milliseconds between two looks at the table; nothing is measured by them. */
const LOOK = 20
/** Milliseconds until a rollout that does not get on is given up. */
const PATIENCE = 60_000

export type Stage = Awaited<ReturnType<typeof createStage>>

/** A canary on local AWS, over HTTP and by the clock on the wall, with the deployed functions in their workers. */
export async function createStage(assembly: string, router: 'alb' | 'route53') {
  const containers = createSimulatedTasks()
  const aws = createLocalAws({ tasks: containers.runner })
  const { url } = await aws.listen()
  const deployed = await aws.deploy(assembly, { stack: STACK_NAME })
  const surroundings = await createSurroundings(aws.requestHandler, router, 1)
  simulateHealth(aws, surroundings.targetGroups)
  const config = clientConfig(aws.requestHandler)
  const cloudwatch = new CloudWatchClient(config)
  const client = new DynamoDBClient(config)
  const table = deployed.tables[0]?.name ?? ''
  const store = createDynamoRecordStore({ client, table, candidateIndex: 'ByCandidate' })
  const setAlarm = (StateValue: 'OK' | 'ALARM') =>
    cloudwatch.send(
      new SetAlarmStateCommand({ AlarmName: ALARM, StateValue, StateReason: 'as asked' }),
    )
  await cloudwatch.send(new PutMetricAlarmCommand(quietAlarm(ALARM)))
  await setAlarm('OK')
  // So long that nothing looks at the candidate but what was told.
  const Definition = withCanaryRole(
    aws,
    definitionOf(surroundings, {
      plan: [
        { weight: 50, bake: '2h' },
        { weight: 100, bake: '2h' },
      ],
      interval: '1h',
      checks: [
        { type: 'ecs', maxStoppedTasks: 0 },
        { type: 'alarms', alarms: [ALARM] },
      ],
    }),
  )
  const Item = marshall({ Canary: 'web', Record: 'definition', Definition, Version: 1 })
  await client.send(new PutItemCommand({ TableName: table, Item }))
  await until('the canary has a state', async () => (await store.readState('web')) !== undefined)
  let attempt = 0
  const rollout = () => store.readRollout('web', attempt)

  return {
    url,
    /** A new revision's rollout, until it bakes at its first step. */
    async bake(): Promise<void> {
      attempt = ((await store.readState('web'))?.attempt ?? 0) + 1
      await surroundings.deploy('green', revision(attempt + 1))
      await until('it bakes', async () => {
        const seen = await rollout()
        if (seen?.outcome) throw new Error(`it ended: ${seen.reason}`)
        return seen?.waiting !== undefined
      })
    },
    /** The record of the rollout that `bake` began, once its baseline was verified. */
    async failedBack(): Promise<Rollout> {
      await until('it has failed back', async () => (await rollout())?.outcome !== undefined)
      await until('the canary is free', async () => {
        return (await store.readState('web'))?.activeRollout === undefined
      })
      const seen = await rollout()
      if (seen?.outcome !== 'failed-back') throw new Error(`it ended ${seen?.outcome}`)
      return seen
    },
    fireAlarm: () => setAlarm('ALARM'),
    quietAlarm: () => setAlarm('OK'),
    /** The container of the candidate's newest task ends by itself. */
    killTask: () => containers.tasks.at(-1)?.exit(1),
    close: () => aws.close(),
  }
}

async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + PATIENCE
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`not within ${PATIENCE / 1000} s: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, LOOK))
  }
}
