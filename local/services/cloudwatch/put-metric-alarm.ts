import type { PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch'
import { arnOf } from '../../account.ts'
import { AwsError } from '../../wire/service.ts'
import { type Alarm, comparisons, type TreatMissingData } from './alarm.ts'
import type { AlarmKeeper } from './alarm-keeper.ts'
import { parseWatched } from './watched.ts'

const TREATMENTS: readonly string[] = ['missing', 'ignore', 'breaching', 'notBreaching']

const invalid = (message: string): AwsError => new AwsError('ValidationError', message)

const positive = (name: string, value: number | undefined): number => {
  if (value !== undefined && Number.isInteger(value) && value >= 1) return value
  throw invalid(`${name} is ${value}: give an integer from 1`)
}

/** Topics are told. A scaling policy scales nothing here: a service's desired count is what somebody sets. */
const ACTION = /^arn:aws:(sns:|autoscaling:[^:]*:[^:]*:scalingPolicy:|application-autoscaling:)/

const arns = (given: readonly string[] = []): readonly string[] => {
  const foreign = given.find((arn) => !ACTION.test(arn))
  if (foreign === undefined) return given
  throw invalid(
    `local AWS does not have the alarm action ${foreign}: it has topics and scaling policies`,
  )
}

const parse = (input: PutMetricAlarmInput, before: Alarm | undefined): Alarm => {
  const name = input.AlarmName ?? ''
  if (name === '' || name.length > 255) throw invalid('AlarmName has not 1 to 255 characters')
  const comparison = input.ComparisonOperator
  if (comparison === undefined || !Object.hasOwn(comparisons, comparison)) {
    throw invalid(
      `local AWS does not have the ComparisonOperator ${comparison}: it has ${Object.keys(comparisons).join(', ')}`,
    )
  }
  if (input.Threshold === undefined) throw invalid('Threshold is missing')
  const treatment = input.TreatMissingData ?? 'missing'
  if (!TREATMENTS.includes(treatment)) {
    throw invalid(`TreatMissingData is ${treatment}: give one of ${TREATMENTS.join(', ')}`)
  }
  const evaluationPeriods = positive('EvaluationPeriods', input.EvaluationPeriods)
  const datapointsToAlarm = positive(
    'DatapointsToAlarm',
    input.DatapointsToAlarm ?? evaluationPeriods,
  )
  if (datapointsToAlarm > evaluationPeriods) {
    throw invalid(
      `DatapointsToAlarm ${datapointsToAlarm} is above EvaluationPeriods ${evaluationPeriods}`,
    )
  }
  return {
    name,
    arn: arnOf('cloudwatch', `alarm:${name}`),
    description: input.AlarmDescription,
    ...parseWatched(input),
    evaluationPeriods,
    datapointsToAlarm,
    threshold: input.Threshold,
    comparison,
    treatMissingData: treatment as TreatMissingData,
    actions: {
      enabled: input.ActionsEnabled ?? true,
      ALARM: arns(input.AlarmActions),
      OK: arns(input.OKActions),
      INSUFFICIENT_DATA: arns(input.InsufficientDataActions),
    },
    configuredAt: new Date(),
    state: before?.state ?? {
      value: 'INSUFFICIENT_DATA',
      reason: 'Unchecked: Initial alarm creation',
      reasonData: undefined,
      since: new Date(),
    },
  }
}

/** An alarm that is put anew keeps its state until it is next evaluated. */
export const putMetricAlarm = (alarms: AlarmKeeper) => (input: PutMetricAlarmInput) => {
  alarms.put(parse(input, alarms.get(input.AlarmName ?? '')))
  return {}
}
