import * as cloudwatchSdk from '@aws-sdk/client-cloudwatch'
import * as elbv2Sdk from '@aws-sdk/client-elastic-load-balancing-v2'
import * as route53Sdk from '@aws-sdk/client-route-53'
import { cbor, dateToTag } from '@smithy/core/cbor'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createCloudWatch } from '../../../local/services/cloudwatch/index.ts'
import { createElbv2 } from '../../../local/services/elbv2/index.ts'
import { createRoute53 } from '../../../local/services/route53/index.ts'
import { createEndpoint } from '../../../local/wire/endpoint.ts'
import { allOperations } from '../../../local/wire/schema.ts'
import { listen, type WireServer } from '../../../local/wire/server.ts'
import { AwsError, type Service } from '../../../local/wire/service.ts'
import { openTransport } from '../../fixtures/wire-transports.ts'

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const target = (operation: string) => ({
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-target': `GraniteServiceVersion20100801.${operation}`,
})

const services: Service[] = [createElbv2(), createRoute53(), createCloudWatch()]
let server: WireServer

beforeAll(async () => {
  server = await listen(createEndpoint(services))
})
afterAll(() => server.close())

const send = async (
  path: string,
  headers: Record<string, string>,
  body?: string | Uint8Array<ArrayBuffer>,
  method = 'POST',
) => {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers,
    ...(body !== undefined && { body }),
  })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

describe('an operation that is not served', () => {
  const unserved = services.flatMap((service) =>
    [...allOperations(service.schemas).values()]
      .filter(({ name }) => !Object.hasOwn(service.operations, name))
      .map((operation) => ({ service: service.name, name: operation.name, operation })),
  )

  test.each(unserved)('$service:$name is refused by name', async ({ service, name, operation }) => {
    const [method, path] = operation.http ?? ['POST', '/']
    const filled = path.replace(/\{[^}]+\}/g, 'x')
    const answer =
      service === 'route53'
        ? await send(filled, {}, method === 'GET' ? undefined : '', method)
        : service === 'elbv2'
          ? await send('/', FORM, `Action=${name}&Version=2015-12-01`)
          : await send('/', target(name), '{}')
    expect(answer.status).toBe(400)
    expect(answer.text).toContain(`local AWS does not have ${service}:${name}`)
  })

  test('of a service that is not there is refused too', async () => {
    const answer = await send('/', { 'x-amz-target': 'AmazonSSM.GetParameter' }, '{}')
    expect(answer.status).toBe(400)
    expect(answer.text).toContain('does not have the service')
    expect((await send('/', {}, undefined, 'GET')).status).toBe(400)
  })

  test('of S3 is refused in XML, the one language that its clients read', async () => {
    const authorization =
      'AWS4-HMAC-SHA256 Credential=local/20261120/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0'
    const answer = await send('/', { authorization }, undefined, 'GET')
    expect(answer.status).toBe(400)
    expect(answer.headers.get('content-type')).toBe('text/xml')
    expect(answer.text).toMatch(
      /<Error>.*<Code>UnknownOperationException<.*<Message>local AWS does not have the service of this request: GET \/<.*<\/Error>/,
    )
  })
})

describe('a body that does not fit', () => {
  const rrset = '/2013-04-01/hostedzone/Z1/rrset'
  const elb = (parameters: string) => `Action=ModifyRule&Version=2015-12-01&${parameters}`

  test.each<[string, string, Record<string, string>, string, string]>([
    ['JSON cut short', '/', target('PutMetricData'), '{"Namespace"', 'is no JSON'],
    ['JSON that is a list', '/', target('PutMetricData'), '[]', 'not an object'],
    ['JSON null', '/', target('PutMetricData'), 'null', 'not an object'],
    [
      'a number for a text',
      '/',
      target('PutMetricData'),
      '{"Namespace":3}',
      'Namespace is 3, not a string',
    ],
    [
      'an object for a list',
      '/',
      target('PutMetricData'),
      '{"Namespace":"a","MetricData":{}}',
      'MetricData is {}, not a list',
    ],
    [
      'a text for a number deep inside',
      '/',
      target('PutMetricData'),
      '{"Namespace":"a","MetricData":[{"MetricName":"m","Value":"x"}]}',
      'MetricData[0].Value is "x", not a number',
    ],
    [
      'an unknown member',
      '/',
      target('ListMetrics'),
      '{"Colour":"red"}',
      'does not know the parameter Colour',
    ],
    [
      'a member of every object',
      '/',
      target('ListMetrics'),
      '{"constructor":{}}',
      'does not know the parameter constructor',
    ],
    [
      'a missing member',
      '/',
      target('PutMetricData'),
      '{}',
      'the required parameter Namespace is missing',
    ],
    [
      'a body that is no gzip',
      '/',
      { ...target('ListMetrics'), 'content-encoding': 'gzip' },
      'x',
      'is no gzip',
    ],
    [
      'an unknown parameter',
      '/',
      FORM,
      elb('RuleArn=x&Colour=red'),
      'does not know the parameter Colour',
    ],
    [
      'a parameter below a text',
      '/',
      FORM,
      elb('RuleArn.x=y'),
      'does not know the parameter RuleArn.x',
    ],
    [
      'a list without numbers',
      '/',
      FORM,
      elb('RuleArn=x&Actions.member.a.Type=b'),
      'Actions.member.a is not a numbered',
    ],
    [
      'a list without members',
      '/',
      FORM,
      elb('RuleArn=x&Actions.1.Type=b'),
      'not given as Actions.member.1',
    ],
    [
      'a word for a number',
      '/',
      FORM,
      elb('RuleArn=x&Actions.member.1.Type=f&Actions.member.1.Order=first'),
      'Order is "first", not a number',
    ],
    ['a missing parameter', '/', FORM, elb(''), 'the required parameter RuleArn is missing'],
    ['no action', '/', FORM, 'Version=2015-12-01', 'does not have elbv2:'],
    ['XML cut short', rrset, {}, '<ChangeResourceRecordSetsRequest><Change', 'is no XML'],
    ['no XML', rrset, {}, 'hello', 'is no XML'],
    [
      'an unknown element',
      rrset,
      {},
      '<R><ChangeBatch><Colour>red</Colour></ChangeBatch></R>',
      'does not know the element ChangeBatch.Colour',
    ],
    ['no batch', rrset, {}, '', 'the required parameter ChangeBatch is missing'],
    [
      'a label that is no text',
      '/2013-04-01/hostedzone/%E0%A4/rrset',
      {},
      '',
      'no percent-encoded text',
    ],
  ])('(%s) is answered with 400 and why', async (_, path, headers, body, message) => {
    const answer = await send(path, headers, body)
    expect(answer.status).toBe(400)
    expect(answer.text.replaceAll('&quot;', '"').replaceAll('\\"', '"')).toContain(message)
    expect(answer.text).not.toMatch(/\bat .*\.(ts|js):\d+/)
  })

  test('in a query string is answered alike', async () => {
    const path = '/2013-04-01/hostedzone'
    expect((await send(`${path}?maxitems=ten`, {}, undefined, 'GET')).text).toContain(
      'not a number',
    )
    expect((await send(`${path}?colour=red`, {}, undefined, 'GET')).text).toContain('colour')
  })

  test('over 8 MiB is not read', async () => {
    const answer = await send('/', target('PutMetricData'), 'x'.repeat(9 * 1024 * 1024)).catch(
      () => ({ status: 413 }),
    )
    expect(answer.status).toBe(413)
  })
})

describe('a protocol', () => {
  test('is told by the request: CloudWatch answers Query in XML', async () => {
    const answer = await send(
      '/',
      FORM,
      'Action=PutMetricData&Version=2010-08-01&Namespace=Q&MetricData.member.1.MetricName=m&MetricData.member.1.Value=2.5&MetricData.member.1.Dimensions.member.1.Name=a&MetricData.member.1.Dimensions.member.1.Value=b',
    )
    expect(answer.text).toContain('<PutMetricDataResponse')
    const listed = await send('/', FORM, 'Action=ListMetrics&Version=2010-08-01&Namespace=Q')
    expect(listed.text).toContain('<ListMetricsResult><Metrics><member>')
    expect(listed.text).toContain('<Dimensions><member><Name>a</Name><Value>b</Value></member>')
  })

  test('is told by the request: CloudWatch answers CBOR in CBOR', async () => {
    const call = async (operation: string, input: object) => {
      const response = await fetch(
        `${server.url}/service/GraniteServiceVersion20100801/operation/${operation}`,
        {
          method: 'POST',
          headers: { 'smithy-protocol': 'rpc-v2-cbor', 'content-type': 'application/cbor' },
          body: new Uint8Array(cbor.serialize(input)),
        },
      )
      const bytes = new Uint8Array(await response.arrayBuffer())
      return { status: response.status, body: bytes.length > 0 ? cbor.deserialize(bytes) : {} }
    }
    const MetricData = [{ MetricName: 'm', Value: 2.5, Timestamp: dateToTag(new Date()) }]
    expect((await call('PutMetricData', { Namespace: 'C', MetricData })).status).toBe(200)
    expect((await call('ListMetrics', { Namespace: 'C' })).body).toEqual({
      Metrics: [{ Namespace: 'C', MetricName: 'm', Dimensions: [] }],
    })
    const untimed = [{ MetricName: 'm', Value: 1, Timestamp: {} }]
    expect(await call('PutMetricData', { Namespace: 'C', MetricData: untimed })).toMatchObject({
      status: 400,
      body: { message: 'MetricData[0].Timestamp is {}, not a time' },
    })
    const wrong = await call('ListMetrics', { Namespace: 5 })
    expect(wrong).toMatchObject({ status: 400, body: { __type: 'SerializationException' } })
  })

  test('of JSON keeps the code of Query for clients that match on it', async () => {
    const answer = await send(
      '/',
      target('SetAlarmState'),
      '{"AlarmName":"none","StateValue":"OK","StateReason":"x"}',
    )
    expect(JSON.parse(answer.text)).toMatchObject({ __type: 'ResourceNotFound' })
    const reserved = await send('/', target('PutMetricData'), '{"Namespace":"AWS/X"}')
    expect(reserved.headers.get('x-amzn-query-error')).toBe('InvalidParameterValue;Sender')
    expect(JSON.parse(reserved.text)).toMatchObject({ __type: 'InvalidParameterValueException' })
  })
})

describe('an interceptor', () => {
  const open = async (when: 'before' | 'after') => {
    const route53 = createRoute53()
    const { config } = await openTransport('in process', [route53], {
      intercept: async (call, next) => {
        if (call.operation !== 'CreateHostedZone') return next()
        if (when === 'after') await next()
        throw new AwsError('ServiceUnavailable', 'not now', 503)
      },
    })
    const client = new route53Sdk.Route53Client(config)
    const create = new route53Sdk.CreateHostedZoneCommand({ Name: 'a.com', CallerReference: '1' })
    const error = await client.send(create).catch((caught: unknown) => caught)
    expect(error).toMatchObject({ name: 'ServiceUnavailable', $metadata: { httpStatusCode: 503 } })
    return route53.state.zones.size
  }

  test('that throws first leaves no effect', async () => expect(await open('before')).toBe(0))
  test('that throws afterwards loses only the answer', async () =>
    expect(await open('after')).toBe(1))
})

describe('a fault of local AWS itself', () => {
  test.each(['over HTTP', 'in process'] as const)(
    'is answered as an internal failure, %s, and told to who listens',
    async (transport) => {
      const faults: unknown[] = []
      const broken: Service = {
        name: 'cloudwatch',
        schemas: cloudwatchSdk,
        operations: {
          ListMetrics: () => {
            throw new TypeError('a bug')
          },
        },
      }
      const { close, config } = await openTransport(transport, [broken], {
        onFault: ({ operation, error }) => faults.push([operation, error]),
      })
      const client = new cloudwatchSdk.CloudWatchClient(config)
      await expect(client.send(new cloudwatchSdk.ListMetricsCommand({}))).rejects.toMatchObject({
        name: 'InternalFailure',
        message: 'local AWS broke: a bug',
        $metadata: { httpStatusCode: 500 },
      })
      expect(faults).toEqual([['ListMetrics', new TypeError('a bug')]])
      await close()
    },
  )
})

describe('a server', () => {
  test('says in one line that its port is taken', async () => {
    const port = Number(new URL(server.url).port)
    await expect(listen(createEndpoint([]), { port })).rejects.toThrow(`port ${port} is in use`)
  })

  test('closes though clients keep their connections', async () => {
    const other = await listen(createEndpoint(services))
    const client = new elbv2Sdk.ElasticLoadBalancingV2Client({
      endpoint: other.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts: 1,
    })
    await client.send(new elbv2Sdk.DescribeLoadBalancersCommand({}))
    await other.close()
    await expect(client.send(new elbv2Sdk.DescribeLoadBalancersCommand({}))).rejects.toThrow()
  })
})
