import { Duration } from 'aws-cdk-lib'
import type { Pace } from './paces.ts'

export interface HealthCheckPace {
  readonly interval: Duration
  readonly timeout: Duration
  readonly healthyThreshold: number
  readonly unhealthyThreshold: number
}

/** Everything in the example that takes time. Nothing else may differ between the paces. */
export interface Durations {
  readonly healthCheck: HealthCheckPace
  /** How long a load balancer lets requests end on a target that leaves. */
  readonly deregistrationDelay: Duration
  /** Between SIGTERM and SIGKILL. */
  readonly stopTimeout: Duration
  /** ECS does not look at a new task's health for so long: what is never ready is Sluice's to find. */
  readonly healthGrace: Duration
  readonly plan: readonly { readonly weight: number; readonly bake: string }[]
  readonly interval: string
  /** Of the load balancer's metrics: how long a point is, and how late points are. */
  readonly metric: { readonly period: string; readonly delay: string }
  /** How long clients keep an answer of the weighted records. */
  readonly aliasTtl: string
  readonly ready: { readonly timeout: string }
  readonly capacityDeadline: string
  readonly maxExtension: string
  readonly holdTimeout: string
}

export const DURATIONS: Readonly<Record<Pace, Durations>> = {
  minutes: {
    healthCheck: {
      interval: Duration.seconds(10),
      timeout: Duration.seconds(5),
      healthyThreshold: 2,
      unhealthyThreshold: 3,
    },
    deregistrationDelay: Duration.seconds(30),
    stopTimeout: Duration.seconds(30),
    healthGrace: Duration.minutes(10),
    plan: [
      { weight: 5, bake: '5m' },
      { weight: 25, bake: '10m' },
      { weight: 50, bake: '10m' },
      { weight: 100, bake: '15m' },
    ],
    interval: '30s',
    // A point a minute, one to two minutes late.
    metric: { period: '1m', delay: '2m' },
    aliasTtl: '60s',
    ready: { timeout: '15m' },
    capacityDeadline: '10m',
    maxExtension: '30m',
    holdTimeout: '24h',
  },
  seconds: {
    healthCheck: {
      // AWS starts at 5 s; only one machine takes this.
      interval: Duration.seconds(1),
      timeout: Duration.seconds(1),
      healthyThreshold: 2,
      unhealthyThreshold: 2,
    },
    deregistrationDelay: Duration.seconds(1),
    stopTimeout: Duration.seconds(2),
    healthGrace: Duration.minutes(2),
    plan: [
      { weight: 10, bake: '4s' },
      { weight: 50, bake: '3s' },
      { weight: 100, bake: '2s' },
    ],
    interval: '1s',
    metric: { period: '1s', delay: '0s' },
    aliasTtl: '1s',
    ready: { timeout: '30s' },
    capacityDeadline: '30s',
    maxExtension: '30s',
    holdTimeout: '5s',
  },
}
