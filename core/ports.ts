import type { CanaryState } from './model/canary-state.ts'
import type { RouterDefinition, SlotDefinition } from './model/definition.ts'
import type { IdentityProof, ProvenRequest } from './model/identity-proof.ts'
import type { Line } from './model/line.ts'
import type { RolloutNotice } from './model/notice.ts'
import type { Rollout } from './model/rollout.ts'
import type { SlotWeights } from './model/routing.ts'
import type { ServiceRef, Slot } from './model/slot.ts'
import type { Reminders, Workflows } from './workflow-ports.ts'

export type { WorkflowInput, Workflows } from './workflow-ports.ts'

/** Time, so that a day is testable in a millisecond. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
}

/**
 * The one table. Reads are strongly consistent but for `findByCandidate`, which asks an index.
 * Both `amend` methods are optimistic: they read, let `change` decide, and write only if nothing that was
 * read has changed since, else they read again. `change` may return what it was given (nothing is written)
 * or throw (the error passes through, nothing is written). It may run more than once, so it must be pure.
 */
export interface RecordStore {
  /** The states whose present candidate is this service. From an index: may be a moment old. */
  findByCandidate(service: ServiceRef): Promise<CanaryState[]>
  /** The definition as it stands in the table, unparsed; `undefined` where there is none. */
  readDefinition(canary: string): Promise<unknown>
  readState(canary: string): Promise<CanaryState | undefined>
  /** Writes the state only if the canary has none yet; says whether it did. */
  createState(state: CanaryState): Promise<'created' | 'exists'>
  /**
   * Changes the canary's state; only attributes that differ are written, so a person's edit of another one survives.
   * @param from what a previous read saw; spares the first read, and costs nothing if it is stale.
   * @throws {UnknownCanaryError} where there is no state.
   */
  amendState(
    canary: string,
    change: (seen: CanaryState) => CanaryState,
    from?: CanaryState,
  ): Promise<CanaryState>
  /** Notes until then that a rollout of the canary is held against the alarm. Once more is as good as once. */
  noteAlarm(alarm: string, canary: string, until: { readonly expiresAt: number }): Promise<void>
  /** Canaries with such a note, or with one that the table is about to forget. */
  findByAlarm(alarm: string): Promise<string[]>
  readRollout(canary: string, attempt: number): Promise<Rollout | undefined>
  /**
   * Changes a rollout's record, or creates it: `seen` is undefined where there is none.
   * @param from the record as this store has read or written it last; decided by first, and nothing is read where it still
   *   stands at the write.
   */
  amendRollout(
    canary: string,
    attempt: number,
    change: (seen: Rollout | undefined) => Rollout,
    from?: Rollout,
  ): Promise<Rollout>
  /** The switch for all canaries; `undefined` where nobody ever wrote it. */
  readLine(): Promise<Line | undefined>
  /** Whoever writes last decides. */
  writeLine(line: Line): Promise<void>
}

/** The `definition` record. */
export interface WrittenDefinition {
  /** Unparsed: anybody may have written it. */
  readonly definition: unknown
  /** Who may change or remove it: a stack's ARN and logical id. Nobody owns what a person wrote. */
  readonly owner?: string
}

/** Definitions as whoever writes them needs them; rollouts read them from the store. */
export interface Definitions {
  read(canary: string): Promise<WrittenDefinition | undefined>
  /**
   * Optimistic, as the store's `amend` methods are: `change` decides on what stands, returns it for no write, and
   * undefined for none any more. Each write gives the record its next version.
   */
  amend(
    canary: string,
    change: (seen: WrittenDefinition | undefined) => WrittenDefinition | undefined,
  ): Promise<WrittenDefinition | undefined>
}

/** What ECS says of a service now. */
export interface ServiceView {
  readonly ref: ServiceRef
  readonly desiredCount: number
  readonly runningCount: number
  readonly pendingCount: number
  /** ECS calls exactly one deployment PRIMARY: what the service is meant to run. */
  readonly primary: {
    /** `ecs-svc/…`, what tasks carry as `startedBy`. */
    readonly id: string
    readonly revision: string
    readonly desiredCount: number
    readonly runningCount: number
    readonly failedTasks: number
    readonly rolloutState: 'COMPLETED' | 'IN_PROGRESS' | 'FAILED' | undefined
  }
  /** One deployment, all of its tasks running, none pending. */
  readonly steady: boolean
}

export interface StoppedTaskView {
  readonly task: string
  readonly stopCode: string | undefined
  readonly reason: string | undefined
  readonly stoppedAt: number | undefined
  readonly deployment: string | undefined
}

export interface Services {
  /** `undefined` where ECS does not know the service. */
  describe(ref: ServiceRef): Promise<ServiceView | undefined>
  /** Tasks of the service that ECS still remembers as stopped (about an hour). */
  stoppedTasks(ref: ServiceRef): Promise<StoppedTaskView[]>
  setDesiredCount(ref: ServiceRef, count: number): Promise<void>
}

/** Between what numbers Application Auto Scaling keeps a service's desired count. */
export interface ScalingBounds {
  readonly minimum: number
  readonly maximum: number
}

export interface Autoscaling {
  /** `undefined` where nothing scales the service. */
  bounds(ref: ServiceRef): Promise<ScalingBounds | undefined>
  /**
   * Of a service that is scaled. A desired count below it is raised to it, at once.
   * @throws {ProviderError} above the maximum, or where nothing scales the service.
   */
  setMinimum(ref: ServiceRef, minimum: number): Promise<void>
}

export type TargetState =
  | 'initial'
  | 'healthy'
  | 'unhealthy'
  | 'unhealthy.draining'
  | 'unused'
  | 'draining'
  | 'unavailable'

export interface TargetGroups {
  /** State of every registered target; an empty list means no targets, which is not healthy. */
  health(
    targetGroupArn: string,
  ): Promise<{ readonly target: string; readonly state: TargetState }[]>
}

export interface AlarmView {
  readonly name: string
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'
  readonly reason: string
  /** Milliseconds since the epoch of the last change of state. */
  readonly since: number | undefined
}

export interface Alarms {
  /** One view a known alarm; unknown names are absent from the answer. */
  describe(names: readonly string[]): Promise<AlarmView[]>
}

export interface MetricQuery {
  readonly id: string
  readonly namespace: string
  readonly metric: string
  readonly dimensions: Readonly<Record<string, string>>
  readonly statistic: string
  /** Seconds. */
  readonly period: number
}

/** Metric math over other queries of the same call, by their ids. */
export interface MathQuery {
  readonly id: string
  readonly expression: string
  /** Seconds. */
  readonly period: number
}

export interface MetricPoint {
  /** Start of the period, milliseconds since the epoch. */
  readonly at: number
  readonly value: number
}

export interface Metrics {
  /**
   * Points of [from, to) per query id, oldest first. A period without data has no point. Ids that an expression names
   * begin with a small letter and have letters, digits and `_` only.
   */
  read(
    queries: readonly (MetricQuery | MathQuery)[],
    window: { readonly from: number; readonly to: number },
  ): Promise<Readonly<Record<string, readonly MetricPoint[]>>>
}

export interface HttpRequest {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly timeoutMs: number
}

export type HttpAnswer =
  | {
      readonly kind: 'answered'
      readonly status: number
      /** The first 64 KB of it. */
      readonly body: string
      /** From the request's beginning to the body's end, or to where reading stopped. */
      readonly milliseconds: number
    }
  /** No answer at all, or not in time: no connection, no such name, no end. */
  | { readonly kind: 'silent'; readonly reason: string; readonly milliseconds: number }

export interface Http {
  /** One request, without retries; redirects are not followed. Never throws. */
  request(request: HttpRequest): Promise<HttpAnswer>
}

/** What a team's Lambda function made of an invocation. */
export type LambdaAnswer =
  | { readonly kind: 'answered'; readonly payload: unknown }
  /** It threw, timed out, or did not answer in time. */
  | { readonly kind: 'failed'; readonly reason: string }

export interface Lambdas {
  /**
   * Invokes a function once and waits for its answer.
   * @throws {TransientError} where Lambda did not take it; {ProviderError} where it is absent or not allowed.
   */
  invoke(functionArn: string, payload: unknown, timeoutMs: number): Promise<LambdaAnswer>
}

/** The routing as it stands. `weights` alone is what Sluice may change. */
export interface Routing {
  readonly weights: SlotWeights
  /** Where it was read, for people: a rule's ARN, a record's name. */
  readonly place: string
  /** Seconds that clients may hold an answer: a record's TTL; 0 for a load balancer. */
  readonly ttl: number
}

/** A change that was accepted; kept on the record so that another invocation can ask how far it is. */
export interface RouterChange {
  /** Route 53's change id, or `immediate`. */
  readonly id: string
  readonly weights: SlotWeights
}

export type RouterVerification =
  /** The router serves what was asked; the whole of it was read back. */
  | { readonly kind: 'in-sync'; readonly routing: Routing }
  /** Accepted but not everywhere yet. */
  | { readonly kind: 'pending'; readonly reason: string }
  /** Something else stands there: somebody wrote in between, or the write was lost. */
  | { readonly kind: 'different'; readonly routing: Routing; readonly reason: string }

/**
 * What is to become of target groups or records that somebody put beside the slots' own: `refused`, for their share of
 * the traffic is none that a step speaks of; or `kept` as they stand, where all that counts is to move harm away.
 */
export type Strangers = 'refused' | 'kept'

export interface TrafficRouter {
  /** Largest integer weight the router takes. */
  readonly maxWeight: number
  /** @throws {RouterError} where the place is absent, ambiguous or not Sluice's to change. */
  read(): Promise<Routing>
  /**
   * Changes the two weights and nothing else. Setting what stands already is allowed and may be a no-op.
   * @throws {RouterError} for weights both zero or out of bounds, and as `read` does.
   */
  set(weights: SlotWeights, strangers?: Strangers): Promise<RouterChange>
  verify(change: RouterChange, strangers?: Strangers): Promise<RouterVerification>
}

/** Gives the router of a definition; one adapter a `type`. */
export type RouterOf = (definition: {
  readonly router: RouterDefinition
  readonly slots: Readonly<Record<Slot, SlotDefinition>>
}) => TrafficRouter

export interface Notices {
  /** As good as it can; what goes wrong is told elsewhere and never to the rollout. */
  publish(notice: RolloutNotice): Promise<void>
}

export interface Identities {
  /**
   * Who made the proof, as an ARN of theirs that AWS vouches for.
   * @throws {TransientError} where AWS could not be asked.
   */
  callerOf(
    proof: IdentityProof,
    request: ProvenRequest,
  ): Promise<
    | { readonly kind: 'known'; readonly arn: string }
    | { readonly kind: 'refused'; readonly reason: string }
  >
}

/** The ports that touch a canary's own resources. */
export interface Reach {
  readonly services: Services
  readonly autoscaling: Autoscaling
  readonly targetGroups: TargetGroups
  readonly alarms: Alarms
  readonly metrics: Metrics
  readonly lambdas: Lambdas
  readonly routerOf: RouterOf
}

/** Whose resources are reached, and as what: the canary's role, or without one whatever the controller may do itself. */
export interface Reached {
  readonly canary: string
  readonly role?: string | undefined
}

/** A use case's need of a canary's own resources; `Needs` names the ports of `Reach` that it uses. */
export interface Reaching<Needs extends keyof Reach = keyof Reach> {
  /**
   * Asks nobody: the role is assumed when the first of the ports is called, and each of their calls may fail by it.
   * Ask anew rather than keep the answer beyond an invocation.
   */
  readonly reachOf: (canary: Reached) => Pick<Reach, Needs>
}

/** Everything a use case may need; each takes just its `Pick`, and of the canary's resources its `Reaching`. */
export interface Ports extends Reaching {
  readonly clock: Clock
  readonly store: RecordStore
  readonly definitions: Definitions
  readonly http: Http
  readonly workflows: Workflows
  readonly reminders: Reminders
  readonly notices: Notices
  readonly identities: Identities
}
