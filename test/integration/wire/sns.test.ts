import * as sdk from '@aws-sdk/client-sns'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSns } from '../../../local/services/sns/index.ts'
import { AwsError } from '../../../local/wire/service.ts'
import { openTransport, transports } from '../../fixtures/wire-transports.ts'

const QUEUE = 'arn:aws:sqs:us-east-1:123456789012:chat'
const SPARE = 'arn:aws:sqs:us-east-1:123456789012:spare'
const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:page'

describe.each(transports)('SNS %s', (transport) => {
  const queued: { arn: string; body: string }[] = []
  const invoked: { arn: string; payload: string }[] = []
  const lost: string[] = []
  const sns = createSns({
    sqs(arn, body) {
      if (arn.endsWith(':gone')) throw new AwsError('QueueDoesNotExist', `no queue ${arn}`)
      queued.push({ arn, body })
    },
    lambda: (arn, payload) => void invoked.push({ arn, payload }),
    iam: undefined,
    onLost: (subscription, reason) => void lost.push(`${subscription}: ${reason}`),
  })
  let opened: Awaited<ReturnType<typeof openTransport>>
  let client: sdk.SNSClient
  let TopicArn = ''
  let SubscriptionArn = ''
  const subscribe = (input: Partial<sdk.SubscribeInput>) =>
    client.send(new sdk.SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: QUEUE, ...input }))

  beforeAll(async () => {
    opened = await openTransport(transport, [sns])
    client = new sdk.SNSClient(opened.config)
  })
  afterAll(() => opened.close())

  /** One a served operation, in the order in which they can be called. */
  const calls: Record<string, () => Promise<void>> = {
    CreateTopic: async () => {
      const create = (Name: string, Attributes = {}) =>
        client.send(new sdk.CreateTopicCommand({ Name, Attributes }))
      TopicArn = (await create('rollouts', { DisplayName: 'Rollouts' })).TopicArn ?? ''
      expect(TopicArn).toBe('arn:aws:sns:us-east-1:123456789012:rollouts')
      expect((await create('rollouts')).TopicArn).toBe(TopicArn)
      await expect(create('all.fifo')).rejects.toThrow(sdk.InvalidParameterException)
      await expect(create('a', { FifoTopic: 'true' })).rejects.toThrow(
        /does not have the topic attribute FifoTopic/,
      )
    },
    ListTopics: async () => {
      const { Topics } = await client.send(new sdk.ListTopicsCommand({}))
      expect(Topics).toEqual([{ TopicArn }])
    },
    Subscribe: async () => {
      SubscriptionArn = (await subscribe({})).SubscriptionArn ?? ''
      expect(SubscriptionArn.startsWith(`${TopicArn}:`)).toBe(true)
      expect((await subscribe({})).SubscriptionArn).toBe(SubscriptionArn)
      await subscribe({ Protocol: 'lambda', Endpoint: FUNCTION })
      const person = await subscribe({ Protocol: 'email', Endpoint: 'team@example.com' })
      expect(person.SubscriptionArn).toBe('pending confirmation')
      await expect(subscribe({ Protocol: 'sms', Endpoint: '1' })).rejects.toThrow(
        /does not have the protocol sms/,
      )
      await expect(subscribe({ Protocol: 'sqs', Endpoint: FUNCTION })).rejects.toThrow(
        /is no sqs ARN/,
      )
      await expect(subscribe({ Attributes: { FilterPolicy: '{}' } })).rejects.toThrow(
        /does not have the subscription attribute FilterPolicy/,
      )
      await expect(subscribe({ TopicArn: `${TopicArn}x` })).rejects.toThrow(sdk.NotFoundException)
    },
    Publish: async () => {
      const publish = (input: Partial<sdk.PublishInput>) =>
        client.send(new sdk.PublishCommand({ TopicArn, Message: 'started', ...input }))
      const { MessageId } = await publish({
        Subject: 'web-1',
        MessageAttributes: { canary: { DataType: 'String', StringValue: 'web' } },
      })
      expect(queued).toHaveLength(1)
      const notification = {
        Type: 'Notification',
        MessageId,
        TopicArn,
        Subject: 'web-1',
        Message: 'started',
        MessageAttributes: { canary: { Type: 'String', Value: 'web' } },
      }
      expect(JSON.parse(queued[0]?.body ?? '')).toMatchObject(notification)
      expect(JSON.parse(invoked[0]?.payload ?? '')).toMatchObject({
        Records: [
          { EventSource: 'aws:sns', Sns: notification, EventSubscriptionArn: expect.any(String) },
        ],
      })
      await expect(publish({ Message: '' })).rejects.toThrow('Empty message')
      await expect(publish({ Message: 'x'.repeat(262_145) })).rejects.toThrow('Message too long')
      await expect(publish({ Subject: 'ü' })).rejects.toThrow('Subject')
      await expect(publish({ TopicArn: `${TopicArn}x` })).rejects.toThrow(sdk.NotFoundException)
      await expect(publish({ MessageStructure: 'json' })).rejects.toThrow(/MessageStructure/)
    },
    SetSubscriptionAttributes: async () => {
      queued.length = 0
      await client.send(
        new sdk.SetSubscriptionAttributesCommand({
          SubscriptionArn,
          AttributeName: 'RawMessageDelivery',
          AttributeValue: 'true',
        }),
      )
      await client.send(new sdk.PublishCommand({ TopicArn, Message: 'plain' }))
      expect(queued).toEqual([{ arn: QUEUE, body: 'plain' }])
    },
    GetSubscriptionAttributes: async () => {
      const command = new sdk.GetSubscriptionAttributesCommand({ SubscriptionArn })
      const { Attributes } = await client.send(command)
      expect(Attributes).toMatchObject({
        RawMessageDelivery: 'true',
        Endpoint: QUEUE,
        PendingConfirmation: 'false',
      })
    },
    ListSubscriptionsByTopic: async () => {
      const command = new sdk.ListSubscriptionsByTopicCommand({ TopicArn })
      const { Subscriptions = [] } = await client.send(command)
      expect(Subscriptions.map((one) => [one.Protocol, one.Endpoint])).toEqual([
        ['sqs', QUEUE],
        ['lambda', FUNCTION],
        ['email', 'team@example.com'],
      ])
      expect(Subscriptions[2]?.SubscriptionArn).toBe('PendingConfirmation')
    },
    SetTopicAttributes: async () => {
      const set = (AttributeName: string, AttributeValue?: string) =>
        client.send(new sdk.SetTopicAttributesCommand({ TopicArn, AttributeName, AttributeValue }))
      await set('DisplayName', 'All rollouts')
      const Statement = [
        { Effect: 'Allow', Principal: '*', Action: 'sns:Publish', Resource: TopicArn },
      ]
      await set('Policy', JSON.stringify({ Statement }))
      expect(sns.topics.get(TopicArn).policy).toHaveLength(1)
      await set('Policy')
      expect(sns.topics.get(TopicArn).policy).toBeUndefined()
      await expect(set('DeliveryPolicy', '{}')).rejects.toThrow(/topic attribute DeliveryPolicy/)
    },
    GetTopicAttributes: async () => {
      const { Attributes } = await client.send(new sdk.GetTopicAttributesCommand({ TopicArn }))
      expect(Attributes).toMatchObject({
        DisplayName: 'All rollouts',
        SubscriptionsConfirmed: '2',
        SubscriptionsPending: '1',
      })
    },
    Unsubscribe: async () => {
      await client.send(new sdk.UnsubscribeCommand({ SubscriptionArn }))
      queued.length = 0
      await client.send(new sdk.PublishCommand({ TopicArn, Message: 'nobody' }))
      expect(queued).toEqual([])
    },
    DeleteTopic: async () => {
      const drop = () => client.send(new sdk.DeleteTopicCommand({ TopicArn }))
      await drop()
      await drop()
      await expect(client.send(new sdk.GetTopicAttributesCommand({ TopicArn }))).rejects.toThrow(
        sdk.NotFoundException,
      )
    },
  }

  test('has a call below for every operation that it serves', () => {
    expect(Object.keys(calls).sort()).toEqual(Object.keys(sns.operations).sort())
  })

  test.each(Object.entries(calls))('%s', (_, call) => call())

  test('what a subscription cannot take goes to its dead-letter queue, and is told where it has none', async () => {
    await client.send(new sdk.CreateTopicCommand({ Name: 'lossy' }))
    TopicArn = 'arn:aws:sns:us-east-1:123456789012:lossy'
    const gone = { Endpoint: 'arn:aws:sqs:us-east-1:123456789012:gone' }
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: SPARE })
    const first = await subscribe({ ...gone, Attributes: { RedrivePolicy } })
    queued.length = 0
    await client.send(new sdk.PublishCommand({ TopicArn, Message: 'late' }))
    expect(queued.map(({ arn }) => arn)).toEqual([SPARE])
    expect(lost).toEqual([])
    await client.send(new sdk.UnsubscribeCommand({ SubscriptionArn: first.SubscriptionArn }))
    const second = await subscribe(gone)
    await client.send(new sdk.PublishCommand({ TopicArn, Message: 'lost' }))
    expect(lost).toEqual([`${second.SubscriptionArn}: no queue ${gone.Endpoint}`])
  })
})
