import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs'
import {
  ListHostedZonesCommand,
  ListResourceRecordSetsCommand,
  Route53Client,
} from '@aws-sdk/client-route-53'
import { GetExecutionHistoryCommand, SFNClient } from '@aws-sdk/client-sfn'
import { expect, test } from 'vitest'
import { MAIN } from './demonstration.ts'

test('--serve stays up, answers by the commands that it prints, and ends at Ctrl-C', async () => {
  const args = [MAIN, '--scenario', 'never-ready', '--router', 'route53', '--serve']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const told = await textUntil(child.stdout, 'Ctrl-C ends it.')
  const found = (pattern: RegExp) =>
    pattern.exec(told)?.[1] ?? expect.fail(`no ${pattern} in ${told}`)
  const config = {
    region: 'us-east-1',
    endpoint: found(/aws --endpoint-url (\S+)/),
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  }

  const route53 = new Route53Client(config)
  const { HostedZones } = await route53.send(new ListHostedZonesCommand({}))
  const { ResourceRecordSets } = await route53.send(
    new ListResourceRecordSetsCommand({ HostedZoneId: HostedZones?.[0]?.Id }),
  )
  const weights = ResourceRecordSets?.flatMap((set) =>
    set.Weight === undefined ? [] : [`${set.Type} ${set.SetIdentifier} ${set.Weight}`],
  )
  expect(weights).toEqual(['A blue 100', 'A green 0'])

  const [, cluster, ...services] =
    /ecs describe-services --cluster (\S+) --services (\S+) (\S+)/.exec(told) ?? []
  const described = await new ECSClient(config).send(
    new DescribeServicesCommand({ cluster, services }),
  )
  expect(described.services?.map(({ status }) => status)).toEqual(['ACTIVE', 'ACTIVE'])

  const TableName = found(/dynamodb scan --table-name (\S+)/)
  const { Items } = await new DynamoDBClient(config).send(new ScanCommand({ TableName }))
  expect(Items?.map((item) => item.Record?.S).sort()).toEqual(['definition', 'rollout#1', 'state'])

  const executionArn = found(/--execution-arn (\S+)/)
  const { events } = await new SFNClient(config).send(
    new GetExecutionHistoryCommand({ executionArn }),
  )
  expect(events?.[0]?.type).toBe('ExecutionStarted')

  child.kill('SIGINT')
  const [code] = await once(child, 'close')
  expect(code).toBe(0)
})

async function textUntil(stream: AsyncIterable<Buffer>, end: string): Promise<string> {
  let text = ''
  for await (const chunk of stream) {
    text += chunk.toString()
    if (text.includes(end)) return text
  }
  throw new Error(`it ended before "${end}":\n${text}`)
}
