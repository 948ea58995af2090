import * as sdk from '@aws-sdk/client-eventbridge'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createEventBridge } from '../../../local/services/eventbridge/index.ts'
import { openTransport, transports } from '../../fixtures/wire-transports.ts'

const QUEUE = 'arn:aws:sqs:us-east-1:123456789012:letters'

describe.each(transports)('EventBridge %s', (transport) => {
  const delivered: string[] = []
  const eventbridge = createEventBridge({
    targets: {
      lambda: () => undefined,
      sns: () => undefined,
      sqs: (_, payload) => void delivered.push(payload),
      states: () => undefined,
    },
    onDeliveryFailure: ({ error }) => {
      throw error
    },
  })
  let opened: Awaited<ReturnType<typeof openTransport>>
  let client: sdk.EventBridgeClient

  beforeAll(async () => {
    opened = await openTransport(transport, [eventbridge])
    client = new sdk.EventBridgeClient(opened.config)
  })
  afterAll(() => opened.close())

  const put = () =>
    client.send(
      new sdk.PutEventsCommand({
        Entries: [{ Source: 'mine', DetailType: 'Thing', Detail: '{"n":1}', Resources: ['arn'] }],
      }),
    )
  const Name = 'rule'
  const describeRule = () => client.send(new sdk.DescribeRuleCommand({ Name }))

  const calls: Record<string, () => Promise<void>> = {
    PutRule: async () => {
      const made = await client.send(
        new sdk.PutRuleCommand({ Name, EventPattern: '{"source":["mine"]}', Description: 'all' }),
      )
      expect(made.RuleArn).toBe('arn:aws:events:us-east-1:123456789012:rule/rule')
      const scheduled = new sdk.PutRuleCommand({ Name, ScheduleExpression: 'rate(1 minute)' })
      await expect(client.send(scheduled)).rejects.toThrow(/ScheduleExpression/)
    },
    DescribeRule: async () => {
      expect(await describeRule()).toMatchObject({ State: 'ENABLED', Description: 'all' })
      const other = new sdk.DescribeRuleCommand({ Name: 'rul' })
      await expect(client.send(other)).rejects.toThrow(sdk.ResourceNotFoundException)
    },
    ListRules: async () => {
      const { Rules } = await client.send(new sdk.ListRulesCommand({ NamePrefix: 'ru' }))
      expect(Rules?.map((rule) => rule.EventPattern)).toEqual(['{"source":["mine"]}'])
    },
    PutTargets: async () => {
      const Targets = [{ Id: 'one', Arn: QUEUE, RetryPolicy: { MaximumRetryAttempts: 1 } }]
      const answer = await client.send(new sdk.PutTargetsCommand({ Rule: Name, Targets }))
      expect(answer.FailedEntryCount).toBe(0)
    },
    ListTargetsByRule: async () => {
      const { Targets } = await client.send(new sdk.ListTargetsByRuleCommand({ Rule: Name }))
      expect(Targets).toMatchObject([{ Id: 'one', Arn: QUEUE }])
    },
    ListRuleNamesByTarget: async () => {
      const aimedAt = async (TargetArn: string) =>
        (await client.send(new sdk.ListRuleNamesByTargetCommand({ TargetArn }))).RuleNames
      expect(await aimedAt(QUEUE)).toEqual([Name])
      expect(await aimedAt(`${QUEUE}-two`)).toEqual([])
    },
    PutEvents: async () => {
      expect((await put()).FailedEntryCount).toBe(0)
      expect(delivered.map((text) => JSON.parse(text))).toMatchObject([
        { source: 'mine', 'detail-type': 'Thing', detail: { n: 1 }, resources: ['arn'] },
      ])
    },
    DisableRule: async () => {
      await client.send(new sdk.DisableRuleCommand({ Name }))
      await put()
      expect(delivered).toHaveLength(1)
    },
    EnableRule: async () => {
      await client.send(new sdk.EnableRuleCommand({ Name }))
      expect((await describeRule()).State).toBe('ENABLED')
    },
    RemoveTargets: async () => {
      await expect(client.send(new sdk.DeleteRuleCommand({ Name }))).rejects.toThrow(/has targets/)
      await client.send(new sdk.RemoveTargetsCommand({ Rule: Name, Ids: ['one'] }))
      await put()
      expect(delivered).toHaveLength(1)
    },
    DeleteRule: async () => {
      await client.send(new sdk.DeleteRuleCommand({ Name }))
      await expect(describeRule()).rejects.toThrow(sdk.ResourceNotFoundException)
    },
  }

  test.each(Object.entries(calls))('%s', (_, call) => call())

  test('no served operation is left out', () => {
    expect(Object.keys(calls).sort()).toEqual(Object.keys(eventbridge.operations).sort())
    for (const name of Object.keys(calls)) expect(opened.called).toContain(`eventbridge:${name}`)
  })

  test('another operation is refused', async () => {
    await expect(client.send(new sdk.CreateEventBusCommand({ Name: 'x' }))).rejects.toThrow(
      'local AWS does not have eventbridge:CreateEventBus',
    )
  })
})
