import * as eventbridge from '@aws-sdk/client-eventbridge'
import * as sfn from '@aws-sdk/client-sfn'
import { expect, test } from 'vitest'
import { createEventBridgeNotices } from '../../../adapters/eventbridge-notices.ts'
import { executionLink } from '../../../adapters/execution-link.ts'
import { createStepFunctionsWorkflows } from '../../../adapters/step-functions-workflows.ts'
import { ProviderError, TransientError } from '../../../core/errors.ts'
import { AwsError } from '../../../local/wire/service.ts'
import { scriptedService } from '../../fixtures/scripted-service.ts'

const MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:Canary'
const EXECUTION = 'arn:aws:states:us-east-1:123456789012:execution:Canary:shop-1'
const INPUT = {
  canary: 'shop',
  rollout: 'shop-1',
  attempt: 1,
  candidate: 'green',
  revision: 'arn:aws:ecs:us-east-1:123456789012:task-definition/shop:2',
} as const

function workflowsOver(operations: Parameters<typeof scriptedService>[2]) {
  const service = scriptedService('stepfunctions', sfn, operations)
  const workflows = createStepFunctionsWorkflows(new sfn.SFNClient(service.config), MACHINE)
  return { workflows, ...service }
}

const started = () => ({ executionArn: EXECUTION, startDate: new Date(0) })
const failing = (code: string) => () => {
  throw new AwsError(code, 'no')
}

test('an execution is started under its name', async () => {
  const { workflows, inputs } = workflowsOver({ StartExecution: started })
  expect(await workflows.start('shop-1', INPUT)).toEqual({ kind: 'started', execution: EXECUTION })
  expect(inputs).toEqual([
    {
      operation: 'StartExecution',
      input: { stateMachineArn: MACHINE, name: 'shop-1', input: JSON.stringify(INPUT) },
    },
  ])
})

test('failure 2: every retry of a start is the same to the byte, in whatever order its input came', async () => {
  const { workflows, inputs } = workflowsOver({ StartExecution: started })
  const { canary, rollout, attempt, candidate, revision } = INPUT
  await workflows.start('shop-1', INPUT)
  await workflows.start('shop-1', { revision, candidate, attempt, rollout, canary })
  const [first, second] = inputs
  expect(second).toEqual(first)
})

test('a recovering execution carries why', async () => {
  const { workflows, inputs } = workflowsOver({ StartExecution: started })
  await workflows.start('shop-1-guard-1', { ...INPUT, recover: 'stopped by hand' })
  expect(inputs).toMatchObject([
    { input: { input: JSON.stringify({ ...INPUT, recover: 'stopped by hand' }) } },
  ])
})

test('an execution that exists is already started, and its ARN is known all the same', async () => {
  const { workflows } = workflowsOver({ StartExecution: failing('ExecutionAlreadyExists') })
  expect(await workflows.start('shop-1', INPUT)).toEqual({
    kind: 'already-started',
    execution: EXECUTION,
  })
})

test('failure 2: a start that failed is an error, so that its event is retried', async () => {
  const throttled = workflowsOver({ StartExecution: failing('ThrottlingException') })
  await expect(throttled.workflows.start('shop-1', INPUT)).rejects.toThrow(TransientError)

  const absent = workflowsOver({ StartExecution: failing('StateMachineDoesNotExist') })
  await expect(absent.workflows.start('shop-1', INPUT)).rejects.toMatchObject({
    name: 'StateMachineDoesNotExist',
  })

  const lost = workflowsOver({ StartExecution: started })
  lost.network.interrupt('StartExecution', { kind: 'answer-lost' })
  await expect(lost.workflows.start('shop-1', INPUT)).rejects.toThrow(
    /Step Functions StartExecution \(execution shop-1\)/,
  )
})

test('a waiting task is answered', async () => {
  const { workflows, inputs } = workflowsOver({ SendTaskSuccess: () => ({}) })
  expect(await workflows.answer('token', { why: 'abort' })).toBe('answered')
  expect(inputs).toMatchObject([{ input: { taskToken: 'token', output: '{"why":"abort"}' } }])
})

test.each(['TaskTimedOut', 'InvalidToken', 'TaskDoesNotExist'])(
  'a token that answers %s is gone',
  async (code) => {
    const { workflows } = workflowsOver({ SendTaskSuccess: failing(code) })
    expect(await workflows.answer('token', {})).toBe('gone')
  },
)

test('an answer that did not arrive is an error', async () => {
  const { workflows } = workflowsOver({ SendTaskSuccess: failing('ThrottlingException') })
  await expect(workflows.answer('token', {})).rejects.toThrow(TransientError)
})

const NOTICE = {
  canary: 'shop',
  rollout: 'shop-1',
  execution: 'shop-1-guard-1',
  state: 'shifted',
  severity: 'info',
  message: 'shop: shop:7 has 12.5 % of the traffic (shop-1). Step 1 of 3.',
  candidate: 'green',
  revision: 'shop:7',
  step: 1,
  weight: 12.5,
  reason: 'step 1 of 3',
  evidence: [{ check: 'ecs', kind: 'pass', reason: 'no task died' }],
  at: Date.UTC(2026, 10, 20, 10, 16, 40),
} as const

function noticesOver(answer: () => object) {
  const service = scriptedService('eventbridge', eventbridge, { PutEvents: answer })
  const client = new eventbridge.EventBridgeClient(service.config)
  const stateMachineArn = 'arn:aws:states:us-east-1:123456789012:stateMachine:sluice'
  const place = { bus: 'default', stateMachineArn }
  return { notices: createEventBridgeNotices(client, place), inputs: service.inputs }
}

test('a notice is published as an event', async () => {
  const { notices, inputs } = noticesOver(() => ({ FailedEntryCount: 0, Entries: [{}] }))
  await notices.publish(NOTICE)
  expect(inputs).toEqual([
    {
      operation: 'PutEvents',
      input: {
        Entries: [
          {
            EventBusName: 'default',
            Source: 'sluice',
            DetailType: 'Canary Rollout State Change',
            Detail: JSON.stringify({
              ...NOTICE,
              at: '2026-11-20T10:16:40.000Z',
              link: 'https://us-east-1.console.aws.amazon.com/states/home?region=us-east-1#/v2/executions/details/arn:aws:states:us-east-1:123456789012:execution:sluice:shop-1-guard-1',
            }),
          },
        ],
      },
    },
  ])
})

test.each([
  ['ThrottlingException', TransientError],
  ['InternalFailure', TransientError],
  ['AccessDeniedException', ProviderError],
])('an entry that failed with %s is an error although the call succeeded', async (code, type) => {
  const { notices } = noticesOver(() => ({
    FailedEntryCount: 1,
    Entries: [{ ErrorCode: code, ErrorMessage: 'no' }],
  }))
  const published = notices.publish(NOTICE)
  await expect(published).rejects.toThrow(type)
  await expect(published).rejects.toThrow(`shifted of shop-1 on default`)
})

test.each([
  ['aws-cn', 'cn-north-1', 'https://console.amazonaws.cn/states/home?region=cn-north-1#'],
  ['aws-us-gov', 'us-gov-west-1', 'https://console.amazonaws-us-gov.com/states/home?region='],
  ['aws', 'eu-central-1', 'https://eu-central-1.console.aws.amazon.com/states/home?region='],
])('the link to an execution in %s leads to the console there', (partition, region, begin) => {
  const machine = `arn:${partition}:states:${region}:123456789012:stateMachine:sluice`
  const link = executionLink(machine, 'shop-1')
  expect(link.startsWith(begin)).toBe(true)
  expect(
    link.endsWith(`/arn:${partition}:states:${region}:123456789012:execution:sluice:shop-1`),
  ).toBe(true)
})
