import type { ComparisonOperator, StateValue } from '@aws-sdk/client-cloudwatch'
import type { Watched } from './watched.ts'

export type TreatMissingData = 'missing' | 'ignore' | 'breaching' | 'notBreaching'

export interface AlarmState {
  readonly value: StateValue
  readonly reason: string
  /** JSON. */
  readonly reasonData: string | undefined
  readonly since: Date
}

/** ARNs that are told of a change to a state. */
export interface AlarmActions extends Readonly<Record<StateValue, readonly string[]>> {
  readonly enabled: boolean
}

export interface Alarm {
  readonly name: string
  readonly arn: string
  readonly description: string | undefined
  readonly watched: Watched
  readonly periodSeconds: number
  readonly evaluationPeriods: number
  readonly datapointsToAlarm: number
  readonly threshold: number
  readonly comparison: ComparisonOperator
  readonly treatMissingData: TreatMissingData
  readonly configuredAt: Date
  readonly actions: AlarmActions
  readonly state: AlarmState
}

export const comparisons = {
  GreaterThanThreshold: (value: number, threshold: number) => value > threshold,
  GreaterThanOrEqualToThreshold: (value: number, threshold: number) => value >= threshold,
  LessThanThreshold: (value: number, threshold: number) => value < threshold,
  LessThanOrEqualToThreshold: (value: number, threshold: number) => value <= threshold,
} as const
