import * as ecs from '@aws-sdk/client-ecs'
import * as elbv2 from '@aws-sdk/client-elastic-load-balancing-v2'
import * as route53 from '@aws-sdk/client-route-53'
import * as sfn from '@aws-sdk/client-sfn'
import { expect, test } from 'vitest'
import { answered } from '../../../adapters/aws-errors.ts'
import { RouterError, TransientError } from '../../../core/errors.ts'
import { AwsError } from '../../../local/wire/service.ts'
import { scriptedService } from '../../fixtures/scripted-service.ts'

/** A request over the wire of the service, answered with this error. */
const requests = {
  'Route 53': (error: AwsError) => {
    const { config } = scriptedService('route53', route53, {
      GetChange: () => {
        throw error
      },
    })
    return new route53.Route53Client(config).send(new route53.GetChangeCommand({ Id: 'C1' }))
  },
  'Step Functions': (error: AwsError) => {
    const { config } = scriptedService('stepfunctions', sfn, {
      SendTaskSuccess: () => {
        throw error
      },
    })
    const command = new sfn.SendTaskSuccessCommand({ taskToken: 't', output: '{}' })
    return new sfn.SFNClient(config).send(command)
  },
  ECS: (error: AwsError) => {
    const { config } = scriptedService('ecs', ecs, {
      DescribeServices: () => {
        throw error
      },
    })
    const command = new ecs.DescribeServicesCommand({ services: ['shop'] })
    return new ecs.ECSClient(config).send(command)
  },
  ELBv2: (error: AwsError) => {
    const { config } = scriptedService('elbv2', elbv2, {
      DescribeRules: () => {
        throw error
      },
    })
    const client = new elbv2.ElasticLoadBalancingV2Client(config)
    return client.send(new elbv2.DescribeRulesCommand({}))
  },
} as const

test.each([
  ['Route 53', 'Throttling', 400],
  ['Route 53', 'PriorRequestNotComplete', 400],
  ['Route 53', 'ServiceUnavailable', 503],
  ['Step Functions', 'ThrottlingException', 400],
  ['Step Functions', 'InternalServerError', 500],
  ['ECS', 'ThrottlingException', 400],
  ['ECS', 'ServerException', 500],
  ['ELBv2', 'Throttling', 400],
  ['ELBv2', 'InternalFailure', 500],
] as const)('%s %s (%i) is transient', async (service, code, status) => {
  const sent = requests[service](new AwsError(code, 'Rate exceeded', status))
  const error = await answered(`${service} Something`, 'what was asked', sent).catch((e) => e)

  expect(error).toBeInstanceOf(TransientError)
  expect(error.message).toContain(`${service} Something (what was asked) got no answer: ${code}`)
  expect(error.cause).toMatchObject({ name: code })
})

test.each([
  ['Route 53', 'NoSuchChange', 404],
  ['Route 53', 'AccessDenied', 403],
  ['Step Functions', 'TaskTimedOut', 400],
  ['ECS', 'ClusterNotFoundException', 400],
  ['ELBv2', 'ValidationError', 400],
] as const)('%s %s (%i) stays what it is', async (service, code, status) => {
  const sent = requests[service](new AwsError(code, 'No', status))
  const error = await answered('Something', 'asked', sent).catch((e) => e)

  expect(error).not.toBeInstanceOf(TransientError)
  expect(error).toMatchObject({ name: code })
})

const coded = (code: string) => Object.assign(new Error('no'), { code })
const named = (name: string) => Object.assign(new Error('no'), { name })

test.each([
  ['a reset connection', coded('ECONNRESET')],
  ['a refused connection', coded('ECONNREFUSED')],
  ['a name that cannot be looked up now', coded('EAI_AGAIN')],
  ['a timeout of the socket', named('TimeoutError')],
  ['a connection that was hung up', new Error('socket hang up')],
  ['too much traffic for a table', named('ProvisionedThroughputExceededException')],
  ['an answer in HTML', Object.assign(new SyntaxError('<'), { $response: { statusCode: 502 } })],
])('%s is transient', async (_, error) => {
  await expect(answered('S3 Get', 'x', Promise.reject(error))).rejects.toThrow(TransientError)
})

test.each([
  ['a missing credential', named('CredentialsProviderError')],
  ['a programming error', new TypeError('x is not a function')],
  ['a refusal', new RouterError('no')],
  ['something that is no error', 'text'],
])('%s is not', async (_, error) => {
  await expect(answered('S3 Get', 'x', Promise.reject(error))).rejects.toBe(error)
})

test('an answer is passed on', async () => {
  expect(await answered('S3 Get', 'x', Promise.resolve(7))).toBe(7)
})
