import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  CloudWatchClient,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch'
import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn'
import { marshall } from '@aws-sdk/util-dynamodb'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { FUNCTIONS, pascalCase } from '../../infra/function-names.ts'
import { STACK_NAME } from '../../infra/stack-name.ts'
import { createLocalAws, type LocalAws } from '../../local/aws.ts'
import type { Deployed } from '../../local/deploy/index.ts'
import { clientConfig } from '../fixtures/client-config.ts'
import { withCanaryRole } from '../fixtures/in-process/canary-role.ts'
import {
  createSurroundings,
  revision,
  type Surroundings,
} from '../fixtures/in-process/environment.ts'
import { definitionOf, simulateHealth } from '../fixtures/in-process/local-canary.ts'
import { createSimulatedTasks } from '../fixtures/simulated-tasks.ts'
import { until } from '../fixtures/until.ts'

/** Rollouts by the bundles of the synthesized template, in workers, over HTTP: what ran is what was deployed. */
describe('what runs is what the template names', () => {
  const ran = new Set<string>()
  const matched = new Set<string>()
  const containers = createSimulatedTasks()
  let aws: LocalAws
  let deployed: Deployed
  let surroundings: Surroundings

  beforeAll(async () => {
    aws = createLocalAws({
      tasks: containers.runner,
      lambdaLog: (line) => void ran.add(line.split(' ')[0] ?? ''),
    })
    aws.eventbridge.onEvent((_event, rules) => {
      for (const rule of rules) matched.add(rule)
    })
    await aws.listen()
    deployed = await aws.deploy(inject('template'), { stack: STACK_NAME })
    surroundings = await createSurroundings(aws.requestHandler, 'alb', 1)
    simulateHealth(aws, surroundings.targetGroups)
    await rollouts()
  })

  afterAll(() => aws.close())

  const execution = (name: string) =>
    [...aws.stepfunctions.state.executions.values()].find((one) => one.name === name)

  const ended = (name: string) => until(() => (execution(name)?.status ?? 'RUNNING') !== 'RUNNING')

  /** Promoted; stopped from outside, which the guard sees; and one whose task dies, which signal sees. */
  async function rollouts(): Promise<void> {
    const config = clientConfig(aws.requestHandler)
    const dynamodb = new DynamoDBClient(config)
    const TableName = deployed.tables[0]?.name
    const quick = {
      plan: [
        { weight: 50, bake: '1s' },
        { weight: 100, bake: '1s' },
      ],
      interval: '1s',
      maxExtension: '5s',
      scaleDown: { after: '1s', to: 0 },
    }
    const Definition = withCanaryRole(aws, { ...definitionOf(surroundings), ...quick })
    const define = deployed.functions.find(({ name }) => name === 'sluice-define')
    const request = {
      RequestType: 'Create',
      StackId: 'arn:aws:cloudformation:us-east-1:123456789012:stack/Shop/1',
      LogicalResourceId: 'Web',
      ResourceProperties: { Definition: JSON.stringify(Definition) },
    }
    await aws.lambda.invoke(define?.arn ?? '', request, 'create')
    await until(() => ran.has('sluice-retrigger'))
    const approve = deployed.functions.find(({ name }) => name === 'sluice-approve')
    const wish = { canary: 'web', kind: 'approve', who: 'ada' }
    await aws.lambda.invoke(approve?.arn ?? '', wish, 'approve')
    await fireAlarm()

    await surroundings.deploy('green', revision(2))
    await ended('web-1')

    await surroundings.deploy('blue', revision(3))
    await until(() => entered('web-2', 'Bake'))
    await new SFNClient(config).send(
      new StopExecutionCommand({ executionArn: execution('web-2')?.arn }),
    )
    await ended('web-2-guard-1')

    await dynamodb.send(
      new UpdateItemCommand({
        TableName,
        Key: marshall({ Canary: 'web', Record: 'state' }),
        UpdateExpression: 'SET Triggered = :no',
        ExpressionAttributeValues: marshall({ ':no': false }),
      }),
    )
    await until(() => entered('web-3', 'Bake'))
    containers.tasks.at(-1)?.exit(1)
    await ended('web-3')
  }

  /** Of no canary: signal hears of it and ignores it. */
  async function fireAlarm(): Promise<void> {
    const cloudwatch = new CloudWatchClient(clientConfig(aws.requestHandler))
    const alarm = {
      AlarmName: 'errors',
      Namespace: 'Shop',
      MetricName: 'Errors',
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 5,
      ComparisonOperator: 'GreaterThanThreshold',
    } as const
    await cloudwatch.send(new PutMetricAlarmCommand(alarm))
    const fired = { AlarmName: 'errors', StateValue: 'ALARM', StateReason: 'as asked' } as const
    await cloudwatch.send(new SetAlarmStateCommand(fired))
  }

  const entered = (name: string, state: string): boolean =>
    (execution(name)?.history.events() ?? []).some(
      (event) => event.stateEnteredEventDetails?.name === state,
    )

  it('every function', () => {
    const ours = FUNCTIONS.map((fn) => `sluice-${fn}`).sort()
    // The other one is CDK's, which CloudFormation alone calls.
    const names = deployed.functions.map(({ name }) => name)
    expect(names.filter((name) => name !== 'sluice-definitions').sort()).toEqual(ours)
    expect([...ran].filter((name) => name.startsWith('sluice-')).sort()).toEqual(ours)
    for (const { assetPath } of deployed.functions) expect(assetPath).toContain(inject('template'))
  })

  it('every rule', () => {
    const names = deployed.rules.map(({ name }) => name).sort()
    expect(names.length).toBeGreaterThan(0)
    expect([...matched].sort()).toEqual(names)
  })

  it('the one state machine, as it stands in its one file', () => {
    const [machine] = deployed.stateMachines
    expect(deployed.stateMachines).toHaveLength(1)
    for (const one of aws.stepfunctions.state.executions.values()) {
      expect(one.machine.arn).toBe(machine?.arn)
    }
    const file = join(import.meta.dirname, '../../statemachine/canary.asl.json')
    const filled = readFileSync(file, 'utf8').replaceAll(/\$\{(\w+)Function\}/g, (_, name) => {
      const fn = FUNCTIONS.find((one) => pascalCase(one) === name)
      return deployed.functions.find((one) => one.name === `sluice-${fn}`)?.arn ?? ''
    })
    expect(JSON.parse(machine?.definition ?? '')).toEqual(JSON.parse(filled))
  })

  it('the outcomes are promoted, failed-back by the guard, and failed-back by a death', () => {
    const outcomes = ['web-1', 'web-2', 'web-2-guard-1', 'web-3'].map(
      (name) => execution(name)?.status,
    )
    expect(outcomes).toEqual(['SUCCEEDED', 'ABORTED', 'FAILED', 'FAILED'])
  })
})
