import type { FunctionName } from '../../infra/function-names.ts'
import type { RouterType } from '../fixtures/in-process/environment.ts'
import type { Stray } from './stray-events.ts'

/** What befalls a request that a function sends to AWS. */
export const CALL_FAULTS = [
  /** Never arrives. */
  'reset',
  /** Takes effect, and the answer is lost. */
  'answer-lost',
  /** Times out for the client, and takes effect some seconds later, whatever has become of the function. */
  'late',
  /** Takes some seconds. */
  'slow',
  'throttled',
  'server-error',
  /** A condition of DynamoDB, a prior request of Route 53: somebody else was there. */
  'conflict',
  /** A read that may lag behind answers as it did some seconds ago. */
  'stale',
  /** The function dies before it has sent the request. */
  'killed-before',
  /** The function dies after the request took effect. */
  'killed-after',
  /** No answer at all: the function runs into its time limit. */
  'hung',
] as const
export type CallFaultKind = (typeof CALL_FAULTS)[number]

/** What befalls a whole invocation. */
export const INVOCATION_FAULTS = [
  /** The function ran, and its caller is told of an error. */
  'result-lost',
  /** Its caller is told of an error at once, and the function goes on, slowly. */
  'zombie',
  /** Lambda takes nothing for the moment. */
  'refused',
  /** The function is called once more with the same, some seconds later. */
  'twice',
  /** The event arrives later than the ones behind it. */
  'delayed',
  /** The event of an execution's end never arrives: AWS delivers these by best effort, and all others at least once. */
  'lost',
] as const
export type InvocationFaultKind = (typeof INVOCATION_FAULTS)[number]

export type Fault =
  | {
      readonly id: string
      readonly at: 'call'
      readonly fn: FunctionName
      /** Of any, or of this operation alone, */
      readonly operation?: string
      /** the how manieth request of this function, from 1. */
      readonly nth: number
      /** How many requests in a row. */
      readonly times: number
      readonly kind: CallFaultKind
    }
  | {
      readonly id: string
      readonly at: 'invocation'
      readonly fn: FunctionName
      readonly nth: number
      readonly times: number
      readonly kind: InvocationFaultKind
      readonly seconds: number
    }

/** What people, teams and the world do, seconds after the beginning. */
export type Happening = { readonly id: string; readonly at: number } & Deed

export type Deed =
  | { readonly kind: 'deploy'; readonly revision: number }
  /** Targets of the candidate are not healthy for a while. */
  | { readonly kind: 'ill'; readonly seconds: number }
  /** So much of the candidate's traffic is bad for a while. */
  | { readonly kind: 'errors'; readonly percent: number; readonly seconds: number }
  | { readonly kind: 'crash' }
  | { readonly kind: 'alarm'; readonly seconds: number }
  | { readonly kind: 'signal'; readonly signal: string; readonly twice: boolean }
  | { readonly kind: 'stop' }
  | { readonly kind: 'retrigger' }
  /** Also one that nobody can read. */
  | { readonly kind: 'define'; readonly changes: Readonly<Record<string, unknown>> }
  | { readonly kind: 'edit-weights'; readonly blue: number; readonly green: number }
  | { readonly kind: 'scale'; readonly count: number }
  /** Somebody starts the active rollout's execution a second time. */
  | { readonly kind: 'start-again' }
  /** An event that must change nothing; `share` says which of those before it is the model. */
  | { readonly kind: 'event'; readonly stray: Stray; readonly share: number }
  /** Somebody stops the line, for a while. */
  | { readonly kind: 'line'; readonly seconds: number }
  /** AWS is away: all requests of functions, or those of one service. */
  | { readonly kind: 'outage'; readonly seconds: number; readonly service: Outage }

const KINDS: Readonly<Record<Deed['kind'], true>> = {
  deploy: true,
  ill: true,
  errors: true,
  crash: true,
  alarm: true,
  signal: true,
  stop: true,
  retrigger: true,
  define: true,
  'edit-weights': true,
  scale: true,
  'start-again': true,
  event: true,
  line: true,
  outage: true,
}
export const DEEDS: readonly string[] = Object.keys(KINDS)

export const OUTAGES = ['all', 'dynamodb', 'router', 'lambda', 'sqs', 'sts', 'states'] as const
export type Outage = (typeof OUTAGES)[number]

/** All that a seed decides. Plain data: kept as JSON, and shrunk by leaving out happenings and faults. */
export interface Scenario {
  readonly seed: number
  readonly router: RouterType
  readonly tasks: number
  /** What differs from the fixtures' definition. */
  readonly definition: Readonly<Record<string, unknown>>
  /** Longest time of a request, milliseconds. */
  readonly latency: number
  /** How far each function's clock is off, milliseconds. */
  readonly skew: Readonly<Partial<Record<FunctionName, number>>>
  /** Whether Application Auto Scaling keeps both services' counts. */
  readonly autoscaling: boolean
  /** How long Route 53 takes until a change is everywhere, milliseconds. */
  readonly inSyncAfter: number
  /** Requests a second of Route 53, where it throttles. */
  readonly requestsPerSecond?: number
  /** A shorter time limit of executions than the template's, seconds. */
  readonly executionTimeout?: number
  readonly happenings: readonly Happening[]
  readonly faults: readonly Fault[]
}
