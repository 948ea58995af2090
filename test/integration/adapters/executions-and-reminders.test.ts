import { createHash } from 'node:crypto'
import * as sfn from '@aws-sdk/client-sfn'
import * as sqs from '@aws-sdk/client-sqs'
import { expect, it } from 'vitest'
import { createSqsReminders } from '../../../adapters/sqs-reminders.ts'
import { createStepFunctionsWorkflows } from '../../../adapters/step-functions-workflows.ts'
import { TransientError } from '../../../core/errors.ts'
import { isRolloutReminder, parseRolloutReminder } from '../../../events/rollout-reminder.ts'
import { AwsError } from '../../../local/wire/service.ts'
import { scriptedService } from '../../fixtures/scripted-service.ts'

const MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:Canary'
const EXECUTION = 'arn:aws:states:us-east-1:123456789012:execution:Canary:shop-1'
const QUEUE = 'https://sqs.us-east-1.amazonaws.com/123456789012/ended'
const CLAIM = {
  canary: 'shop',
  rollout: 'shop-1',
  attempt: 1,
  candidate: 'green',
  revision: 'arn:aws:ecs:us-east-1:123456789012:task-definition/shop:2',
} as const

const failing = (code: string) => () => {
  throw new AwsError(code, 'no')
}

function describing(answer: () => object) {
  const service = scriptedService('stepfunctions', sfn, { DescribeExecution: answer })
  const workflows = createStepFunctionsWorkflows(new sfn.SFNClient(service.config), MACHINE)
  return { workflows, ...service }
}

const standing = (rest: object) => () => ({
  executionArn: EXECUTION,
  stateMachineArn: MACHINE,
  startDate: new Date(0),
  ...rest,
})

it('an execution is asked for by its name', async () => {
  const { workflows, inputs } = describing(standing({ status: 'RUNNING' }))
  expect(await workflows.describe('shop-1')).toEqual({ status: 'RUNNING' })
  expect(inputs).toMatchObject([{ input: { executionArn: EXECUTION } }])
})

it.each([
  [{ status: 'SUCCEEDED' }, { status: 'SUCCEEDED' }],
  [{ status: 'TIMED_OUT' }, { status: 'TIMED_OUT' }],
  [
    { status: 'ABORTED', cause: 'by hand' },
    { status: 'ABORTED', cause: 'by hand' },
  ],
  [
    { status: 'FAILED', error: 'States.Runtime', cause: 'odd' },
    { status: 'FAILED', cause: 'States.Runtime: odd' },
  ],
  // It is under way again, or about to be.
  [{ status: 'PENDING_REDRIVE' }, { status: 'RUNNING' }],
])('one that stands as %j is told as %j', async (answer, view) => {
  const { workflows } = describing(standing(answer))
  expect(await workflows.describe('shop-1')).toEqual(view)
})

it('one that there is not is none, and one that cannot be asked for is an error', async () => {
  const absent = describing(failing('ExecutionDoesNotExist'))
  expect(await absent.workflows.describe('shop-1')).toBeUndefined()
  const throttled = describing(failing('ThrottlingException'))
  await expect(throttled.workflows.describe('shop-1')).rejects.toThrow(TransientError)
  const denied = describing(failing('AccessDeniedException'))
  await expect(denied.workflows.describe('shop-1')).rejects.toMatchObject({
    name: 'AccessDeniedException',
  })
})

function reminding(answer: (input: never) => object) {
  const service = scriptedService('sqs', sqs, { SendMessage: answer })
  const client = new sqs.SQSClient({ ...service.config, useQueueUrlAsEndpoint: false })
  return { reminders: createSqsReminders(client, QUEUE), ...service }
}

const taken = ({ MessageBody: body }: { MessageBody: string }) => ({
  MessageId: '1',
  MD5OfMessageBody: createHash('md5').update(body).digest('hex'),
})

it('a reminder comes after three minutes, as what guard reads', async () => {
  const { reminders, inputs } = reminding(taken)
  await reminders.put({ ...CLAIM, recover: 'is not a claim’s' })
  expect(inputs).toMatchObject([{ input: { QueueUrl: QUEUE, DelaySeconds: 180 } }])
  const [body = ''] = inputs.map(({ input }) => Reflect.get(input as object, 'MessageBody'))
  const event: unknown = JSON.parse(body)
  expect(isRolloutReminder(event)).toBe(true)
  expect(parseRolloutReminder(event)).toEqual({ kind: 'parsed', value: CLAIM })
})

it('a reminder that was not taken is an error', async () => {
  const throttled = reminding(failing('ThrottlingException'))
  await expect(throttled.reminders.put(CLAIM)).rejects.toThrow(
    /SQS SendMessage \(a reminder of shop-1\)/,
  )
  const absent = reminding(failing('QueueDoesNotExist'))
  await expect(absent.reminders.put(CLAIM)).rejects.toMatchObject({ name: 'QueueDoesNotExist' })
})
