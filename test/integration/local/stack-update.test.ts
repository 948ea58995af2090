import { afterEach, describe, expect, it } from 'vitest'
import { createLocalAws, type LocalAws } from '../../../local/aws.ts'
import { AwsError } from '../../../local/wire/service.ts'
import { removeStackFolders, stackFolder, type TestResource } from './stack-folder.ts'

let aws: LocalAws
/** Every operation that was called, as `service:Operation`. */
let calls: string[]
/** Operations that are refused. */
let refused: Set<string>

function localAws(): LocalAws {
  calls = []
  refused = new Set()
  aws = createLocalAws({
    async intercept({ service, operation, input }, next) {
      const named = `${service}:${operation}`
      calls.push(named)
      if (refused.has(named)) throw new AwsError('Refused', `no ${operation} today`)
      const name = Object.values(input as object).find((one) => typeof one === 'string')
      if (refused.has(`${named} ${name}`)) throw new AwsError('Refused', `no ${name} today`)
      return next()
    },
  })
  return aws
}

afterEach(async () => {
  await aws.close()
  removeStackFolders()
})

const queue = (properties: object = {}, policies: object = {}): TestResource => ({
  Type: 'AWS::SQS::Queue',
  Properties: { ...properties },
  ...policies,
})
const rule = (properties: object = {}): TestResource => ({
  Type: 'AWS::Events::Rule',
  Properties: { EventPattern: { source: ['test'] }, ...properties },
})
const toQueue = (logicalId: string) => ({
  Targets: [{ Id: 'Target0', Arn: { 'Fn::GetAtt': [logicalId, 'Arn'] } }],
})
const deploy = (Resources: Readonly<Record<string, TestResource>>) =>
  aws.deploy(stackFolder({ Shop: { Resources } }))
const queues = () =>
  Object.fromEntries(aws.sqs.queues.all().map(({ name, attributes }) => [name, attributes]))
const targetOf = (name: string) => aws.eventbridge.rules.get(name).targets.map(({ Arn }) => Arn)

describe('a stack that is deployed again', () => {
  it('is not written to where the template is the same', async () => {
    localAws()
    const folder = new URL('../../fixtures/stack', import.meta.url).pathname
    const first = await aws.deploy(folder)
    calls.length = 0
    const second = await aws.deploy(folder)

    expect(calls).toEqual([])
    expect(second).toEqual({ ...first, changes: [] })
    expect(first.changes.length).toBe(first.resources.size)
  })

  it('is changed in place where the type allows it, and only what changed', async () => {
    localAws()
    await deploy({ Jobs: queue({ VisibilityTimeout: 40, DelaySeconds: 3 }), Other: queue() })
    aws.sqs.deliver(aws.sqs.queues.get('Shop-Jobs').arn, 'waiting')
    calls.length = 0
    const { changes } = await deploy({ Jobs: queue({ VisibilityTimeout: 50 }), Other: queue() })

    expect(calls).toEqual(['sqs:SetQueueAttributes'])
    expect(changes).toEqual([{ logicalId: 'Jobs', type: 'AWS::SQS::Queue', kind: 'updated' }])
    expect(queues()['Shop-Jobs']).toMatchObject({ VisibilityTimeout: '50', DelaySeconds: '0' })
    expect(aws.sqs.queues.get('Shop-Jobs').messages).toHaveLength(1)
  })

  it('gets another resource where a property changes that makes it another one, and what refers to it follows', async () => {
    localAws()
    await deploy({ Jobs: queue({ QueueName: 'jobs' }), Work: rule(toQueue('Jobs')) })
    const { changes } = await deploy({
      Jobs: queue({ QueueName: 'tasks' }),
      Work: rule(toQueue('Jobs')),
    })

    expect(changes.map(({ logicalId, kind }) => [logicalId, kind])).toEqual([
      ['Jobs', 'replaced'],
      ['Work', 'updated'],
    ])
    expect(Object.keys(queues())).toEqual(['tasks'])
    expect(targetOf('Shop-Work')).toEqual(['arn:aws:sqs:us-east-1:123456789012:tasks'])
    expect(calls.indexOf('sqs:DeleteQueue')).toBe(calls.length - 1)
  })

  it('loses what its template lost, dependants first', async () => {
    localAws()
    await deploy({ Jobs: queue(), Work: rule(toQueue('Jobs')), Other: queue() })
    calls.length = 0
    const { changes, resources } = await deploy({ Other: queue() })

    expect(calls).toEqual([
      'eventbridge:RemoveTargets',
      'eventbridge:DeleteRule',
      'sqs:DeleteQueue',
    ])
    expect(changes.map(({ logicalId, kind }) => `${kind} ${logicalId}`)).toEqual([
      'deleted Work',
      'deleted Jobs',
    ])
    expect([...resources.keys()]).toEqual(['Other'])
  })

  it('keeps what its template retains', async () => {
    localAws()
    const retained = { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' }
    await deploy({ Jobs: queue({ QueueName: 'first' }, retained), Other: queue() })
    await deploy({ Jobs: queue({ QueueName: 'second' }, retained), Other: queue() })
    const { changes } = await deploy({ Other: queue() })

    expect(changes).toEqual([{ logicalId: 'Jobs', type: 'AWS::SQS::Queue', kind: 'kept' }])
    expect(Object.keys(queues()).sort()).toEqual(['Shop-Other', 'first', 'second'])
  })

  it('cannot make a resource one of another type', async () => {
    localAws()
    await deploy({ Jobs: queue() })
    await expect(deploy({ Jobs: rule() })).rejects.toThrow(
      'Jobs: it is of type AWS::SQS::Queue and cannot become AWS::Events::Rule: give it another logical id',
    )
  })
})

const role: TestResource = {
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Statement: {
        Effect: 'Allow',
        Principal: { Service: 'lambda.amazonaws.com' },
        Action: 'sts:AssumeRole',
      },
    },
  },
}

describe('a function that is deployed again', () => {
  const fn = (environment: object): TestResource => ({
    Type: 'AWS::Lambda::Function',
    Properties: {
      Code: { S3Bucket: 'assets', S3Key: 'aaaa.zip' },
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
      Environment: { Variables: environment },
    },
  })

  it('runs with its new settings at the next invocation, under the same name', async () => {
    const loads: unknown[] = []
    let closed = 0
    aws = createLocalAws({
      functions: ({ environment }) => {
        loads.push(environment)
        return { invoke: async () => environment, close: async () => void closed++ }
      },
    })
    await deploy({ Role: role, Work: fn({ COLOUR: 'blue' }) })
    await aws.lambda.invoke('Shop-Work', {}, '1')
    await deploy({ Role: role, Work: fn({ COLOUR: 'green' }) })
    const { payload } = await aws.lambda.invoke('Shop-Work', {}, '2')

    expect(payload).toBe('{"COLOUR":"green"}')
    expect(loads).toEqual([{ COLOUR: 'blue' }, { COLOUR: 'green' }])
    expect(closed).toBe(1)
  })

  it('is closed only when what runs in it has ended', async () => {
    const release = Promise.withResolvers<string>()
    let closed = false
    aws = createLocalAws({
      functions: () => ({
        invoke: () => release.promise,
        close: async () => {
          closed = true
        },
      }),
    })
    await deploy({ Role: role, Work: fn({ COLOUR: 'blue' }) })
    const running = aws.lambda.invoke('Shop-Work', {}, '1')
    await deploy({ Role: role, Work: fn({ COLOUR: 'green' }) })
    expect(closed).toBe(false)
    release.resolve('done')
    expect((await running).payload).toBe('"done"')
    expect(closed).toBe(true)
  })
})

describe('a deployment that fails', () => {
  it('deletes everything that it made, where the stack is new', async () => {
    localAws()
    refused.add('eventbridge:PutTargets')
    const failing = deploy({ Jobs: queue(), Other: queue(), Work: rule(toQueue('Jobs')) })

    await expect(failing).rejects.toMatchObject({
      name: 'DeployError',
      message:
        'Work (AWS::Events::Rule): no PutTargets today\neverything that was made of Shop was deleted',
    })
    expect(queues()).toEqual({})
    expect(aws.eventbridge.rules.all()).toEqual([])
    refused.clear()
    await deploy({ Jobs: queue(), Work: rule(toQueue('Jobs')) })
    expect(Object.keys(queues())).toEqual(['Shop-Jobs'])
  })

  it('goes back to the former properties, the former resources and the former references', async () => {
    localAws()
    const former = {
      Jobs: queue({ QueueName: 'jobs' }),
      Slow: queue({ DelaySeconds: 1 }),
      Gone: queue(),
      Work: rule({ ...toQueue('Jobs'), Description: 'former' }),
    }
    await deploy(former)
    const stood = { queues: queues(), targets: targetOf('Shop-Work') }
    refused.add('sqs:CreateQueue Shop-ZLast')
    const failing = deploy({
      Jobs: queue({ QueueName: 'tasks' }),
      Slow: queue({ DelaySeconds: 2 }),
      Work: rule({ ...toQueue('Jobs'), Description: 'new' }),
      ZLast: { ...queue(), DependsOn: 'Work' },
    })

    await expect(failing).rejects.toThrow(
      /^ZLast \(AWS::SQS::Queue\): no Shop-ZLast today\nShop was rolled back to what stood before$/,
    )
    expect(queues()).toEqual(stood.queues)
    expect(targetOf('Shop-Work')).toEqual(stood.targets)
    expect(aws.eventbridge.rules.get('Shop-Work').description).toBe('former')
    calls.length = 0
    expect((await deploy(former)).changes).toEqual([])
    expect(calls).toEqual([])
  })

  it('says what could not be taken back', async () => {
    localAws()
    refused.add('sqs:CreateQueue Shop-Second').add('sqs:DeleteQueue')
    const failing = deploy({ First: queue(), Second: { ...queue(), DependsOn: 'First' } })
    await expect(failing).rejects.toThrow(
      /no Shop-Second today\n.*not rolled back: First \(AWS::SQS::Queue\): no DeleteQueue today/,
    )
    refused.clear()
    await aws.removeStack('Shop')
    expect(queues()).toEqual({})
  })

  it('keeps what the policy retains, and says so', async () => {
    localAws()
    refused.add('sqs:CreateQueue Shop-Second')
    const failing = deploy({
      First: queue({}, { DeletionPolicy: 'Retain' }),
      Fresh: queue({}, { DeletionPolicy: 'RetainExceptOnCreate' }),
      Second: { ...queue(), DependsOn: 'First' },
    })
    await expect(failing).rejects.toThrow(/kept by policy: First$/)
    expect(Object.keys(queues())).toEqual(['Shop-First'])
    refused.clear()
    // As on AWS, where a name has chance in it: the next one is not in the way of what was kept.
    await deploy({ First: queue({}, { DeletionPolicy: 'Retain' }) })
    expect(Object.keys(queues())).toEqual(['Shop-First', 'Shop-First-2'])
  })

  it('before anything is made where a type is unknown', async () => {
    localAws()
    const failing = deploy({ Jobs: queue(), Bucket: { Type: 'AWS::S3::Bucket' } })
    await expect(failing).rejects.toThrow(
      /^Bucket: local AWS does not have AWS::S3::Bucket; it has/,
    )
    expect(calls).toEqual([])
  })
})

describe('a stack that is removed', () => {
  it('goes, dependants first, but for what it retains', async () => {
    localAws()
    await deploy({
      Jobs: queue(),
      Kept: queue({}, { DeletionPolicy: 'Retain' }),
      Work: rule(toQueue('Jobs')),
    })
    const changes = await aws.removeStack('Shop')

    expect(changes.map(({ logicalId, kind }) => `${kind} ${logicalId}`)).toEqual([
      'deleted Work',
      'kept Kept',
      'deleted Jobs',
    ])
    expect(Object.keys(queues())).toEqual(['Shop-Kept'])
    await expect(aws.removeStack('Shop')).rejects.toThrow('there is no stack Shop')
  })

  it('stands where something of it cannot be deleted, and can be tried again', async () => {
    localAws()
    await deploy({ Jobs: queue(), Work: rule(toQueue('Jobs')) })
    refused.add('sqs:DeleteQueue')
    await expect(aws.removeStack('Shop')).rejects.toThrow(
      'Jobs (AWS::SQS::Queue): no DeleteQueue today\nShop was not removed',
    )
    refused.clear()
    expect(await aws.removeStack('Shop')).toHaveLength(1)
  })

  it('takes everything of the sample stack with it but its table', async () => {
    localAws()
    await aws.deploy(new URL('../../fixtures/stack', import.meta.url).pathname)
    await aws.removeStack('Sample')

    expect(aws.lambda.functions.all()).toEqual([])
    expect(queues()).toEqual({})
    expect(aws.eventbridge.rules.all()).toEqual([])
    expect(aws.stepfunctions.state.machines.size).toBe(0)
    const { TableNames } = await aws.dynamodb.call('ListTables', {})
    expect(TableNames).toEqual(['Sample-Records'])
  })
})

describe('several stacks of one folder', () => {
  const folder = (name = 'jobs') =>
    stackFolder(
      {
        Alpha: {
          Resources: {
            Work: {
              Type: 'AWS::Events::Rule',
              Properties: {
                EventPattern: { source: ['test'] },
                Targets: [{ Id: 'Target0', Arn: { 'Fn::ImportValue': 'Zulu:JobsArn' } }],
              },
            },
          },
        },
        Zulu: {
          Resources: { Jobs: queue({ QueueName: name }) },
          Outputs: {
            JobsArn: {
              Value: { 'Fn::GetAtt': ['Jobs', 'Arn'] },
              Export: { Name: { 'Fn::Join': [':', [{ Ref: 'AWS::StackName' }, 'JobsArn']] } },
            },
          },
        },
      },
      {
        artifacts: {
          Alpha: { dependencies: ['Alpha.assets', 'Zulu'] },
          Zulu: { dependencies: ['Zulu.assets'] },
        },
      },
    )

  it('are deployed each after those that it depends on', async () => {
    localAws()
    const deployed = await aws.deployAll(folder())
    expect(deployed.map(({ stackName }) => stackName)).toEqual(['Zulu', 'Alpha'])
    expect(targetOf('Alpha-Work')).toEqual(['arn:aws:sqs:us-east-1:123456789012:jobs'])
  })

  it('must be named where one is deployed, and what it imports must be there', async () => {
    localAws()
    await expect(aws.deploy(folder())).rejects.toThrow(
      /has 2 templates \(Alpha, Zulu\): name the stack/,
    )
    await expect(aws.deploy(folder(), { stack: 'Alpha' })).rejects.toThrow(
      /"Zulu:JobsArn"}: no stack exports it; deploy that one first/,
    )
    await expect(aws.deployAll(folder(), ['Mike'])).rejects.toThrow(/has no Mike.template.json/)
  })

  it('do not take from each other what is in use', async () => {
    localAws()
    await aws.deployAll(folder())
    await expect(aws.deploy(folder('other'), { stack: 'Zulu' })).rejects.toThrow(
      /the export Zulu:JobsArn of Zulu is used by Alpha and cannot change.*\nZulu was rolled back/,
    )
    expect(Object.keys(queues())).toEqual(['jobs'])
    await expect(aws.removeStack('Zulu')).rejects.toThrow(/Alpha uses the export Zulu:JobsArn/)
    await aws.removeStack('Alpha')
    await aws.removeStack('Zulu')
    expect(queues()).toEqual({})
  })
})
