import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DescribeTableCommand, DescribeTimeToLiveCommand } from '@aws-sdk/client-dynamodb'
import { DescribeRuleCommand, ListTargetsByRuleCommand } from '@aws-sdk/client-eventbridge'
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda'
import { DescribeStateMachineCommand } from '@aws-sdk/client-sfn'
import { afterEach, describe, expect, it } from 'vitest'
import { createLocalAws, type LocalAws } from '../../../local/aws.ts'
import { clientsOf } from './clients.ts'

const STACK = new URL('../../fixtures/stack', import.meta.url).pathname
const WORK = 'arn:aws:lambda:us-east-1:123456789012:function:Sample-Work'

let aws: LocalAws
const folders: string[] = []

afterEach(async () => {
  await aws.close()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

interface TestTemplate {
  Resources: Record<string, { Type: string; Properties?: Record<string, unknown> }>
}

function stackWith(change: (template: TestTemplate) => void): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-stack-'))
  folders.push(folder)
  cpSync(STACK, folder, { recursive: true })
  const file = join(folder, 'Sample.template.json')
  const template = JSON.parse(readFileSync(file, 'utf8')) as TestTemplate
  change(template)
  writeFileSync(file, JSON.stringify(template))
  return folder
}

describe('a synthesised template', () => {
  it('becomes a table, functions, queues, a state machine and rules, with everything in it resolved', async () => {
    aws = createLocalAws()
    const deployed = await aws.deploy(STACK)
    const clients = clientsOf(aws)

    const table = await clients.dynamodb.send(
      new DescribeTableCommand({ TableName: 'Sample-Records' }),
    )
    expect(table.Table).toMatchObject({
      TableStatus: 'ACTIVE',
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
      GlobalSecondaryIndexes: [{ IndexName: 'ByCandidate' }],
    })
    const ttl = new DescribeTimeToLiveCommand({ TableName: 'Sample-Records' })
    expect((await clients.dynamodb.send(ttl)).TimeToLiveDescription).toEqual({
      TimeToLiveStatus: 'ENABLED',
      AttributeName: 'ExpiresAt',
    })
    const fn = new GetFunctionConfigurationCommand({ FunctionName: 'Sample-Work' })
    expect(await clients.lambda.send(fn)).toMatchObject({
      FunctionArn: WORK,
      Runtime: 'nodejs24.x',
      Timeout: 3,
      MemorySize: 256,
      Environment: {
        Variables: {
          TABLE_NAME: 'Sample-Records',
          TABLE_ARN: 'arn:aws:arn:aws:dynamodb:us-east-1:123456789012:table/Sample-Records',
          SECOND: 'b',
          CONDITIONAL: 'here',
          QUEUE: 'Sample-DeadLetters!',
        },
      },
    })
    const rule = await clients.eventbridge.send(
      new DescribeRuleCommand({ Name: 'Sample-WorkRule' }),
    )
    expect(rule.Description).toBe(`work of Sample in us-east-1, \${literally}`)
    const targets = new ListTargetsByRuleCommand({ Rule: 'Sample-WorkRule' })
    expect((await clients.eventbridge.send(targets)).Targets).toMatchObject([
      {
        Arn: WORK,
        DeadLetterConfig: { Arn: 'arn:aws:sqs:us-east-1:123456789012:Sample-DeadLetters' },
      },
    ])
    const machine = await clients.sfn.send(
      new DescribeStateMachineCommand({
        stateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:sample',
      }),
    )
    expect(machine.definition).toContain(`"FunctionName": "${WORK}"`)
    expect(deployed).toMatchObject({
      stackName: 'Sample',
      functions: [{ logicalId: 'Work', name: 'Sample-Work' }],
      rules: [{ logicalId: 'WorkRule', name: 'Sample-WorkRule' }],
      stateMachines: [{ logicalId: 'Machine', name: 'sample', definition: machine.definition }],
      recorded: [],
      outputs: { TableName: 'Sample-Records' },
    })
    expect(deployed.resources.has('OnlyElsewhere')).toBe(false)
    const { environment } = aws.lambda.functions.get('Sample-Work').definition
    expect(environment).not.toHaveProperty('ABSENT')
  })
})

describe('what local AWS does not have is refused', () => {
  const refusals: [string, (template: TestTemplate) => void, RegExp][] = [
    [
      'a type of resource',
      (template) => {
        template.Resources.Bucket = { Type: 'AWS::S3::Bucket' }
      },
      /^Bucket: local AWS does not have AWS::S3::Bucket/,
    ],
    [
      'a property',
      (template) => {
        Object.assign(template.Resources.Work?.Properties ?? {}, { Layers: ['arn'] })
      },
      /property Layers \(\["arn"\]\) of Work \(AWS::Lambda::Function\)/,
    ],
    [
      'a nested property',
      (template) => {
        Object.assign(template.Resources.WorkStream?.Properties ?? {}, {
          FilterCriteria: { Filters: [{ Pattern: '{"a":["b"]}', Other: 1 }] },
        })
      },
      /property Other \(1\) of WorkStream .*Filters\[0\]/,
    ],
    [
      'a property of a mapping that polls a queue',
      (template) => {
        template.Resources.WorkQueue = {
          Type: 'AWS::Lambda::EventSourceMapping',
          Properties: {
            EventSourceArn: { 'Fn::GetAtt': ['DeadLetters', 'Arn'] },
            FunctionName: { Ref: 'Work' },
            BisectBatchOnFunctionError: true,
          },
        }
      },
      /property BisectBatchOnFunctionError \(true\) of WorkQueue/,
    ],
    [
      'a redrive that no queue can have',
      (template) => {
        Object.assign(template.Resources.DeadLetters?.Properties ?? {}, {
          RedrivePolicy: { deadLetterTargetArn: 'arn:aws:sqs:us-east-1:123456789012:none' },
        })
      },
      /DeadLetters .*RedrivePolicy: maxReceiveCount must be a whole number/,
    ],
    [
      'a function of the template',
      (template) => {
        Object.assign(template.Resources.Work?.Properties ?? {}, {
          Description: { 'Fn::ImportValue': 'x' },
        })
      },
      /Fn::ImportValue/,
    ],
    [
      'an attribute',
      (template) => {
        Object.assign(template.Resources.Work?.Properties ?? {}, {
          Description: { 'Fn::GetAtt': ['Records', 'Colour'] },
        })
      },
      /attribute Colour of Records; it has Arn/,
    ],
    [
      'a circle',
      (template) => {
        Object.assign(template.Resources.DeadLetters?.Properties ?? {}, {
          QueueName: { Ref: 'Work' },
        })
        Object.assign(template.Resources.Records?.Properties ?? {}, {
          TableName: { Ref: 'DeadLetters' },
        })
      },
      /circle: .*Work → .*Records → DeadLetters → Work/,
    ],
    [
      'a substitution that nobody gives',
      (template) => {
        Object.assign(template.Resources.Machine?.Properties ?? {}, { DefinitionSubstitutions: {} })
      },
      /Machine .*DefinitionSubstitutions has no WorkFunction/,
    ],
    [
      'an asset that is not there',
      (template) => {
        Object.assign(template.Resources.Work?.Properties ?? {}, { Code: { S3Key: 'cccc.zip' } })
      },
      /Work .*asset cccc\.zip/,
    ],
  ]
  it.each(refusals)('%s', async (_, change, message) => {
    aws = createLocalAws()
    await expect(aws.deploy(stackWith(change))).rejects.toMatchObject({
      name: 'DeployError',
      message: expect.stringMatching(message),
    })
  })

  it('a folder without a template', async () => {
    aws = createLocalAws()
    await expect(aws.deploy(STACK, { stack: 'Other' })).rejects.toThrow(
      /has no Other.template.json: run npm/,
    )
    await expect(aws.deploy('/does/not/exist')).rejects.toThrow(/run npm run synth/)
  })
})
