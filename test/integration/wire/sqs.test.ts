import * as sdk from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSqs } from '../../../local/services/sqs/index.ts'
import { openTransport, transports } from '../../fixtures/wire-transports.ts'

describe.each(transports)('SQS %s', (transport) => {
  const sqs = createSqs()
  let opened: Awaited<ReturnType<typeof openTransport>>
  let client: sdk.SQSClient
  let QueueUrl = ''
  let ReceiptHandle = ''

  beforeAll(async () => {
    opened = await openTransport(transport, [sqs])
    client = new sdk.SQSClient(opened.config)
  })
  afterAll(() => opened.close())

  const counts = async () => {
    const { Attributes } = await client.send(
      new sdk.GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
    )
    return [
      Attributes?.ApproximateNumberOfMessages,
      Attributes?.ApproximateNumberOfMessagesNotVisible,
    ]
  }
  const send = (MessageBody: string) =>
    client.send(
      new sdk.SendMessageCommand({
        QueueUrl,
        MessageBody,
        MessageAttributes: { Why: { DataType: 'String', StringValue: 'test' } },
      }),
    )

  const calls: Record<string, () => Promise<void>> = {
    CreateQueue: async () => {
      const create = (Attributes: Record<string, string>) =>
        client.send(new sdk.CreateQueueCommand({ QueueName: 'letters', Attributes }))
      QueueUrl = (await create({ VisibilityTimeout: '60' })).QueueUrl ?? ''
      expect(QueueUrl).toMatch(/\/123456789012\/letters$/)
      expect((await create({ VisibilityTimeout: '60' })).QueueUrl).toBe(QueueUrl)
      await expect(create({ VisibilityTimeout: '1' })).rejects.toThrow(
        /VisibilityTimeout 60, not 1/,
      )
      await expect(create({ FifoQueue: 'true' })).rejects.toThrow(/does not have .* FifoQueue/)
    },
    ListQueues: async () => {
      const list = (QueueNamePrefix: string) =>
        client.send(new sdk.ListQueuesCommand({ QueueNamePrefix }))
      expect((await list('let')).QueueUrls).toEqual([QueueUrl])
      expect((await list('x')).QueueUrls ?? []).toEqual([])
    },
    GetQueueUrl: async () => {
      const get = (QueueName: string) => client.send(new sdk.GetQueueUrlCommand({ QueueName }))
      expect((await get('letters')).QueueUrl).toBe(QueueUrl)
      await expect(get('letter')).rejects.toThrow(sdk.QueueDoesNotExist)
    },
    SendMessage: async () => {
      expect((await send('one')).MessageId).toMatch(/^[0-9a-f-]{36}$/)
      await send('two')
    },
    GetQueueAttributes: async () => {
      expect(await counts()).toEqual(['2', '0'])
      const { Attributes } = await client.send(
        new sdk.GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
      )
      expect(Attributes).toEqual({ QueueArn: 'arn:aws:sqs:us-east-1:123456789012:letters' })
    },
    SetQueueAttributes: async () => {
      const Attributes = { MessageRetentionPeriod: '600' }
      await client.send(new sdk.SetQueueAttributesCommand({ QueueUrl, Attributes }))
      expect(sqs.queues.get(QueueUrl).attributes.MessageRetentionPeriod).toBe('600')
    },
    ReceiveMessage: async () => {
      const { Messages = [] } = await client.send(
        new sdk.ReceiveMessageCommand({
          QueueUrl,
          MessageAttributeNames: ['All'],
          MessageSystemAttributeNames: ['ApproximateReceiveCount'],
        }),
      )
      expect(Messages).toMatchObject([
        {
          Body: 'one',
          Attributes: { ApproximateReceiveCount: '1' },
          MessageAttributes: { Why: { StringValue: 'test' } },
        },
      ])
      ReceiptHandle = Messages[0]?.ReceiptHandle ?? ''
      expect(await counts()).toEqual(['1', '1'])
    },
    DeleteMessage: async () => {
      await client.send(new sdk.DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
      expect(await counts()).toEqual(['1', '0'])
    },
    PurgeQueue: async () => {
      await client.send(new sdk.PurgeQueueCommand({ QueueUrl }))
      expect(await counts()).toEqual(['0', '0'])
    },
    DeleteQueue: async () => {
      await client.send(new sdk.DeleteQueueCommand({ QueueUrl }))
      await expect(send('three')).rejects.toThrow(sdk.QueueDoesNotExist)
    },
  }

  test.each(Object.entries(calls))('%s', (_, call) => call())

  test('no served operation is left out', () => {
    expect(Object.keys(calls).sort()).toEqual(Object.keys(sqs.operations).sort())
    for (const name of Object.keys(calls)) expect(opened.called).toContain(`sqs:${name}`)
  })

  test('another operation is refused', async () => {
    const other = new sdk.AddPermissionCommand({
      QueueUrl: 'https://sqs.us-east-1.amazonaws.com/123456789012/x',
      Label: 'x',
      AWSAccountIds: [],
      Actions: [],
    })
    await expect(client.send(other)).rejects.toThrow('local AWS does not have sqs:AddPermission')
  })
})
