import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { createLocalAws, type LocalAws } from '../../../local/aws.ts'
import { until } from '../../fixtures/until.ts'
import { removeStackFolders, stackFolder, type TestResource } from './stack-folder.ts'

/** What CDK's Provider deploys as its own function. */
const FRAMEWORK = fileURLToPath(
  new URL(
    'custom-resources/lib/provider-framework/runtime',
    import.meta.resolve('aws-cdk-lib/package.json'),
  ),
)

/** The function behind the provider: keeps what it is asked, and does what the properties say. */
const ON_EVENT = `
import { SQSClient, SendMessageCommand } from '@aws-sdk/client-sqs'
const sqs = new SQSClient({ useQueueUrlAsEndpoint: false })
export const handler = async ({ ResponseURL, ...event }) => {
  console.log(JSON.stringify({
    _aws: {
      Timestamp: Date.now(),
      CloudWatchMetrics: [{ Namespace: 'Things', Dimensions: [[]], Metrics: [{ Name: 'Asked' }] }],
    },
    Asked: 1,
  }))
  await sqs.send(new SendMessageCommand({
    QueueUrl: process.env.JOURNAL,
    MessageBody: JSON.stringify(event),
  }))
  const { Name, Refuse } = event.ResourceProperties
  if (event.RequestType !== 'Delete' && Refuse === event.RequestType) {
    throw new Error('it points at nothing: ' + Name)
  }
  if (event.RequestType === 'Delete' && process.env.KEEP) throw new Error('it is in use')
  return { PhysicalResourceId: Name, Data: { Echo: Name + '!' } }
}
`

let aws: LocalAws
let log: string[]

async function localAws(): Promise<LocalAws> {
  log = []
  aws = createLocalAws({ lambdaLog: (line) => void log.push(line) })
  await aws.listen()
  return aws
}

afterEach(async () => {
  await aws.close()
  removeStackFolders()
})

const functionOf = (asset: string, handler: string, variables: object): TestResource => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    Code: { S3Bucket: 'assets', S3Key: `${asset}.zip` },
    Handler: handler,
    Runtime: 'nodejs24.x',
    Timeout: 30,
    Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
    Environment: { Variables: variables },
  },
})

const provider = (variables: object = {}): Readonly<Record<string, TestResource>> => ({
  Journal: { Type: 'AWS::SQS::Queue', DeletionPolicy: 'Retain' },
  Role: {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Action: 'sts:AssumeRole',
            Principal: { Service: 'lambda.amazonaws.com' },
          },
        ],
      },
      Policies: [
        {
          PolicyName: 'all',
          PolicyDocument: { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
        },
      ],
    },
  },
  OnEvent: functionOf('on-event', 'index.handler', {
    JOURNAL: { Ref: 'Journal' },
    ...variables,
  }),
  Framework: functionOf('framework', 'framework.onEvent', {
    USER_ON_EVENT_FUNCTION_ARN: { 'Fn::GetAtt': ['OnEvent', 'Arn'] },
  }),
})

const thing = (properties: object): TestResource => ({
  Type: 'Custom::Thing',
  Properties: { ServiceToken: { 'Fn::GetAtt': ['Framework', 'Arn'] }, ...properties },
})

function folderOf(Resources: Readonly<Record<string, TestResource>>): string {
  const folder = stackFolder({ Shop: { Resources } })
  cpSync(FRAMEWORK, join(folder, 'asset.framework'), { recursive: true })
  mkdirSync(join(folder, 'asset.on-event'))
  writeFileSync(join(folder, 'asset.on-event', 'index.mjs'), ON_EVENT)
  // As where the folder lies within a package whose files are modules.
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  const files = Object.fromEntries(
    ['framework', 'on-event'].map((name) => [
      name,
      {
        source: { path: `asset.${name}` },
        destinations: { local: { objectKey: `${name}.zip` } },
      },
    ]),
  )
  writeFileSync(join(folder, 'Shop.assets.json'), JSON.stringify({ files }))
  return folder
}

const deploy = (resources: Readonly<Record<string, TestResource>>, variables: object = {}) =>
  aws.deploy(folderOf({ ...provider(variables), ...resources }))

/** What the function was asked since the last look. */
function asked(): readonly Readonly<Record<string, unknown>>[] {
  const queue = aws.sqs.queues.get('Shop-Journal')
  return queue.messages.splice(0).map(({ body }) => JSON.parse(body))
}

describe('a custom resource behind the provider framework of CDK', () => {
  it('is created, left alone, updated and deleted, each in one invocation', async () => {
    await localAws()
    const first = await deploy({ Thing: thing({ Name: 'one', Count: 3, On: true }) })
    expect(first.resources.get('Thing')).toEqual({
      type: 'Custom::Thing',
      ref: 'one',
      attributes: { Echo: 'one!' },
    })
    const token = 'arn:aws:lambda:us-east-1:123456789012:function:Shop-Framework'
    const create = {
      RequestType: 'Create',
      ServiceToken: token,
      StackId: 'arn:aws:cloudformation:us-east-1:123456789012:stack/Shop/local',
      LogicalResourceId: 'Thing',
      ResourceType: 'Custom::Thing',
      // CloudFormation knows text alone.
      ResourceProperties: { ServiceToken: token, Name: 'one', Count: '3', On: 'true' },
    }
    expect(asked()).toEqual([{ ...create, RequestId: expect.any(String) }])

    expect((await deploy({ Thing: thing({ Name: 'one', Count: 3, On: true }) })).changes).toEqual(
      [],
    )
    expect(asked()).toEqual([])

    await deploy({ Thing: thing({ Name: 'one', Count: 4, On: true }) })
    expect(asked()).toMatchObject([
      {
        RequestType: 'Update',
        PhysicalResourceId: 'one',
        ResourceProperties: { Count: '4' },
        OldResourceProperties: { Count: '3' },
      },
    ])
    await aws.removeStack('Shop')
    expect(asked()).toMatchObject([{ RequestType: 'Delete', PhysicalResourceId: 'one' }])
    expect(aws.lambda.functions.all()).toEqual([])
  })

  it('that becomes another one has its former self deleted at the end', async () => {
    await localAws()
    await deploy({ Thing: thing({ Name: 'one' }) })
    asked()
    const { changes } = await deploy({ Thing: thing({ Name: 'two' }) })
    expect(changes).toMatchObject([{ logicalId: 'Thing', kind: 'replaced' }])
    expect(asked()).toMatchObject([
      { RequestType: 'Update', PhysicalResourceId: 'one' },
      { RequestType: 'Delete', PhysicalResourceId: 'one', ResourceProperties: { Name: 'one' } },
    ])
  })

  it('that fails to be created takes the stack back, with its words', async () => {
    await localAws()
    const failing = deploy({
      Thing: thing({ Name: 'nothing', Refuse: 'Create' }),
      Jobs: { Type: 'AWS::SQS::Queue' },
    })
    await expect(failing).rejects.toMatchObject({
      name: 'DeployError',
      message: expect.stringMatching(
        /^Thing \(Custom::Thing\): Received response status \[FAILED\] from custom resource\. Message returned: it points at nothing: nothing[\s\S]*everything that was made of Shop was deleted/,
      ),
    })
    // The framework itself answers for what was never made.
    expect(asked()).toMatchObject([{ RequestType: 'Create' }])
    expect(aws.lambda.functions.all()).toEqual([])
    expect(aws.sqs.queues.all().map(({ name }) => name)).toEqual(['Shop-Journal'])
  })

  it('that fails to be updated goes back to its former properties', async () => {
    await localAws()
    await deploy({ Thing: thing({ Name: 'one', Refuse: 'never' }) })
    asked()
    const failing = deploy({ Thing: thing({ Name: 'one', Refuse: 'Update' }) })
    await expect(failing).rejects.toThrow(/it points at nothing: one[\s\S]*Shop was rolled back/)
    expect(asked()).toMatchObject([
      { RequestType: 'Update', ResourceProperties: { Refuse: 'Update' } },
      {
        RequestType: 'Update',
        ResourceProperties: { Refuse: 'never' },
        OldResourceProperties: { Refuse: 'Update' },
      },
    ])
  })

  it('that refuses to be deleted keeps the stack', async () => {
    await localAws()
    await deploy({ Thing: thing({ Name: 'one' }) }, { KEEP: 'yes' })
    await expect(aws.removeStack('Shop')).rejects.toThrow(
      /Thing \(Custom::Thing\): .*it is in use[\s\S]*Shop was not removed/,
    )
    expect(aws.lambda.functions.all()).toHaveLength(2)
  })
})

describe('what a function in a worker logs', () => {
  it('becomes a metric, where its role lets Lambda keep the line', async () => {
    await localAws()
    const known = () => aws.cloudwatch.metrics.list().map(({ namespace }) => namespace)
    await deploy({ Thing: thing({ Name: 'one' }) })
    await until(() => known().includes('Things'))
    expect(log.some((line) => line.startsWith('Shop-OnEvent {"_aws"'))).toBe(true)
  })
})

describe('a custom resource of a function that speaks for itself', () => {
  const answering = (answer: (event: Record<string, string>) => Promise<unknown>) => {
    aws = createLocalAws({
      functions: () => ({
        invoke: (event) => answer(event as Record<string, string>),
        close: async () => undefined,
      }),
    })
  }
  const put = (url: string, body: object) => {
    const { host, pathname: path } = new URL(url)
    const request = { method: 'PUT', path, query: {}, headers: { host } }
    return aws.endpoint.handle({ ...request, body: Buffer.from(JSON.stringify(body)) })
  }

  it('fails at once where the function fails without an answer', async () => {
    answering(async () => {
      throw new TypeError('no idea')
    })
    await expect(deploy({ Thing: thing({}) })).rejects.toThrow(
      /^Thing \(Custom::Thing\): .*function:Shop-Framework failed without an answer: TypeError: no idea/,
    )
  })

  it('has so long to answer as it says', async () => {
    answering(async () => undefined)
    await expect(deploy({ Thing: thing({ ServiceTimeout: 0 }) })).rejects.toThrow(
      /did not receive a response from your Custom Resource within 0 s/,
    )
  })

  it('is told what was wrong with its answer, and answers once', async () => {
    const statuses: number[] = []
    answering(async ({ ResponseURL = '' }) => {
      const good = { Status: 'SUCCESS', PhysicalResourceId: 'one' }
      for (const body of [{ Status: 'DONE' }, good, good]) {
        statuses.push((await put(ResponseURL, body)).status)
      }
    })
    const { resources } = await deploy({ Thing: thing({}) })
    expect(resources.get('Thing')?.ref).toBe('one')
    expect(statuses.slice(0, 2)).toEqual([400, 200])
    expect(statuses[2] ?? 403).toBe(403)
  })
})
