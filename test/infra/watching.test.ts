import { describe, expect, it } from 'vitest'
import {
  CANARY_DIMENSION,
  CANARY_METRICS,
  METRICS,
  METRICS_NAMESPACE,
  SERVICE,
  SERVICE_DIMENSION,
} from '../../functions/shared/metric-names.ts'
import { FUNCTIONS } from '../../infra/function-names.ts'
import { at, onlyResource, resourcesOf, target } from './template.ts'

/**
 * Metrics that AWS documents, by namespace and by the dimensions that they have.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
 */
const DOCUMENTED: Readonly<Record<string, readonly string[]>> = {
  'AWS/Lambda FunctionName': ['Errors', 'Throttles'],
  'AWS/SQS QueueName': ['ApproximateNumberOfMessagesVisible'],
  'AWS/States StateMachineArn': ['ExecutionThrottled'],
  'AWS/DynamoDB TableName': ['ReadThrottleEvents', 'WriteThrottleEvents'],
}

/** The dimensions of a metric of the functions over all canaries, as the functions of the template emit it. */
const OVERALL = [[SERVICE_DIMENSION, SERVICE]]

interface Named {
  readonly namespace: string
  readonly name: string
  /** Names and what they are of. */
  readonly dimensions: readonly (readonly [string, unknown])[]
}

const alarms = resourcesOf('AWS::CloudWatch::Alarm')
const body = text(onlyResource('AWS::CloudWatch::Dashboard').Properties.DashboardBody)
const widgets = JSON.parse(body).widgets as readonly { readonly properties: Properties }[]

interface Properties {
  readonly title: string
  readonly metrics: readonly (readonly unknown[])[]
}

describe('every metric that is looked at', () => {
  const looked = [...alarms.flatMap(([, { Properties }]) => ofAlarm(Properties)), ...onDashboard()]

  it.each(looked)('is one that is there: $namespace $name', ({ namespace, name, dimensions }) => {
    if (namespace === METRICS_NAMESPACE) {
      expect(METRICS).toHaveProperty(name)
      expect(dimensions).toEqual(OVERALL)
      return
    }
    const key = [namespace, ...dimensions.map(([dimension]) => dimension)].join(' ')
    expect(DOCUMENTED[key] ?? []).toContain(name)
  })

  it('is of a resource of this controller', () => {
    for (const { dimensions } of looked) {
      for (const [, value] of dimensions) {
        expect(typeof value === 'string' ? value : target(value)).toBeTruthy()
      }
    }
  })

  it('by canary is one that the functions emit, under the dimensions that they give it', () => {
    const searches = [...body.matchAll(/SEARCH\('\{([\w,]+)\} MetricName=\\"(\w+)\\"'/g)]
    expect(searches.length).toBe(body.split('SEARCH(').length - 1)
    expect(searches.length).toBeGreaterThan(0)
    for (const [, schema, name = ''] of searches) {
      expect(schema).toBe([METRICS_NAMESPACE, SERVICE_DIMENSION, CANARY_DIMENSION].join(','))
      expect({ ...METRICS, ...CANARY_METRICS }).toHaveProperty(name)
    }
  })

  it('by service is of the one that the functions are told to be', () => {
    const variables = resourcesOf('AWS::Lambda::Function').flatMap(([, { Properties }]) => {
      const own = at(Properties.Environment, 'Variables') ?? {}
      return 'POWERTOOLS_SERVICE_NAME' in Object(own) ? [own] : []
    })
    expect(variables).toHaveLength(FUNCTIONS.length)
    for (const own of variables) {
      expect(own).toMatchObject({
        POWERTOOLS_SERVICE_NAME: SERVICE,
        POWERTOOLS_METRICS_NAMESPACE: METRICS_NAMESPACE,
      })
    }
  })
})

describe('an alarm', () => {
  it('sounds at the first failure, and not because nothing happens', () => {
    expect(alarms.length).toBeGreaterThan(0)
    for (const [, { Properties }] of alarms) {
      expect(Properties).toMatchObject({
        ComparisonOperator: 'GreaterThanThreshold',
        Threshold: 0,
        EvaluationPeriods: 1,
        TreatMissingData: 'notBreaching',
      })
    }
  })

  it('says what it means and what to do', () => {
    for (const [, { Properties }] of alarms) {
      expect(String(Properties.AlarmDescription).split('. ').length).toBeGreaterThan(1)
    }
  })

  it('hears any message of a dead-letter queue', () => {
    const queues = resourcesOf('AWS::SQS::Queue').map(([id]) => id)
    const ended = queues.filter((id) => id.includes('EndedExecutions'))
    const heard = ofAlarm(alarm('DeadLetters')).map(({ dimensions }) => target(dimensions[0]?.[1]))
    expect(heard.sort()).toEqual(queues.filter((id) => !ended.includes(id)).sort())
  })

  it('hears the throttles of every function, in sums that CloudWatch takes', () => {
    const sums = [ofAlarm(alarm('EventsThrottled')), ofAlarm(alarm('TasksThrottled'))]
    for (const sum of sums) expect(sum.length).toBeLessThanOrEqual(10)
    const ids = sums.flat().map(({ dimensions }) => target(dimensions[0]?.[1]))
    const names = resourcesOf('AWS::Lambda::Function')
      .filter(([id]) => ids.includes(id))
      .map(([, { Properties }]) => Properties.FunctionName)
    expect(names.sort()).toEqual(FUNCTIONS.map((name) => `sluice-${name}`).sort())
  })

  it.each([
    ['FailBackFailed', 'FailBackFailed'],
    ['GuardUsed', 'Recovering'],
  ])('named %s hears the metric %s', (id, metric) => {
    expect(ofAlarm(alarm(id))).toEqual([
      { namespace: METRICS_NAMESPACE, name: metric, dimensions: OVERALL },
    ])
  })
})

describe('the dashboard', () => {
  it.each([
    ['Rollouts by outcome', ['RolloutStarted', 'Promoted', 'FailedBack']],
    ['Verdicts', ['VerdictPassed', 'VerdictFailed', 'VerdictInconclusive', 'VerdictError']],
    ["The controller's errors", ['FunctionFailed', 'FailBackFailed', 'Recovering', 'Errors']],
    ['From the decision to fail back until it is verified, in seconds', ['FailBackSeconds']],
  ])('shows %s', (title, names) => {
    const shown = onDashboard(title).map(({ name }) => name)
    expect([...new Set(shown)]).toEqual(names)
  })

  it("shows each canary's weight over time", () => {
    const weights = widgets.find(({ properties }) => properties.title.includes('weight'))
    const [[search] = []] = weights?.properties.metrics ?? []
    expect(at(search, 'expression')).toContain('MetricName="Weight"')
  })
})

function alarm(id: string): Record<string, unknown> {
  const found = alarms.find(([, { Properties }]) => Properties.AlarmName === `sluice-${id}`)
  if (!found) throw new Error(`no alarm ${id}`)
  return found[1].Properties
}

/** What an alarm looks at: one metric, or those that an expression adds up. */
function ofAlarm(properties: Record<string, unknown>): readonly Named[] {
  const queries = (properties.Metrics ?? []) as { readonly MetricStat?: unknown }[]
  const metrics = queries.flatMap(({ MetricStat }) =>
    MetricStat ? [at(MetricStat, 'Metric')] : [],
  )
  return (properties.MetricName === undefined ? metrics : [properties]).map((metric) => ({
    namespace: String(at(metric, 'Namespace')),
    name: String(at(metric, 'MetricName')),
    dimensions: ((at(metric, 'Dimensions') ?? []) as { Name: string; Value: unknown }[]).map(
      ({ Name, Value }) => [Name, Value] as const,
    ),
  }))
}

/** What a widget draws, or all of them: `[namespace, name, dimension, value, …, options]`. */
function onDashboard(title?: string): readonly Named[] {
  const shown = widgets.filter(
    ({ properties }) => title === undefined || properties.title === title,
  )
  return shown.flatMap(({ properties }) =>
    properties.metrics
      .filter(([first]) => typeof first === 'string')
      .map((line) => {
        const [namespace, name, ...rest] = line.filter((one) => typeof one === 'string')
        const dimensions = rest.flatMap((key, index) =>
          index % 2 === 0 ? [[String(key), rest[index + 1]] as const] : [],
        )
        return { namespace: String(namespace), name: String(name), dimensions }
      }),
  )
}

/** A text with its references between `<` and `>`. */
function text(value: unknown): string {
  if (typeof value === 'string') return value
  const parts = at(value, 'Fn::Join', 1)
  if (Array.isArray(parts)) return parts.map(text).join('')
  return `<${String(target(value))}>`
}
