import type { PolicyStatementJson } from './model/canary-grants.ts'
import type { CanaryState } from './model/canary-state.ts'
import type { RouterDefinition } from './model/definition.ts'
import type { RolloutSummary } from './model/rollout.ts'
import type { ServiceRef } from './model/slot.ts'

/* What only people need, by the command; no function has these ports, so none carries their clients. */

/**
 * Many records at a time, for people to look at. Decisions do not hang on them: an answer may be a moment old. Apart
 * from the store, for no function needs it.
 */
export interface RecordLists {
  /** Of every canary that has a definition, by name. */
  states(): Promise<CanaryState[]>
  /** The latest `limit` attempts up to `newest`, newest first, without those that the table has forgotten. */
  rollouts(canary: string, newest: number, limit: number): Promise<RolloutSummary[]>
}

/** A part of the controller, as whoever looks after it sees it. */
export interface PartView {
  readonly part: 'function' | 'rule' | 'event source' | 'table' | 'workflow'
  readonly name: string
  readonly state: 'ready' | 'absent' | 'off'
  /** What AWS says of it, where it is not ready. */
  readonly told: string
}

/** What the controller is made of. */
export interface Installation {
  parts(): Promise<PartView[]>
}

/** What a role would be allowed, without trying it. */
export interface Permissions {
  /**
   * What of the statements the role's own policies do not allow. `unknown` where nobody could say: the caller may not ask,
   * or there is no such role.
   */
  missing(
    role: string,
    statements: readonly PolicyStatementJson[],
  ): Promise<
    | { readonly kind: 'asked'; readonly missing: readonly MissingPermission[] }
    | { readonly kind: 'no-role' | 'not-allowed-to-ask'; readonly reason: string }
  >
}

export interface MissingPermission {
  readonly action: string
  readonly resource: string
  readonly functionName: string
}

/** Whether a router sends clients to where they were before, whatever its weights say. */
export interface Stickiness {
  /** Seconds for which it does; `undefined` where it does not. */
  of(router: RouterDefinition): Promise<number | undefined>
}

/** A service of the account, as whoever looks for pairs sees it. */
export interface FoundService {
  readonly cluster: string
  readonly service: string
  readonly targetGroups: readonly string[]
}

/** A rule, or a listener's default action, that forwards. */
export interface FoundForward {
  readonly place: { readonly rule: string } | { readonly listener: string }
  /** For people: the load balancer's name, port and conditions. */
  readonly told: string
  /** Of the load balancer. */
  readonly dnsName: string
  readonly targetGroups: readonly { readonly arn: string; readonly weight: number }[]
}

/** A weighted address record. */
export interface FoundRecord {
  readonly hostedZone: string
  readonly record: string
  readonly setIdentifier: string
  readonly weight: number
  /** What an alias points at. */
  readonly alias: string | undefined
}

/** What there is in an account and region that canaries could be made of. */
export interface Landscape {
  services(): Promise<FoundService[]>
  forwards(): Promise<FoundForward[]>
  records(): Promise<FoundRecord[]>
}

/** CloudFormation's stacks, which own definitions. */
export interface Stacks {
  /** Whether a stack is there, by its ARN. One that is deleted is gone, though CloudFormation remembers it for a while. */
  describe(stack: string): Promise<'standing' | 'gone'>
}

/** A revision, as far as whoever deploys looks at it. */
export interface RevisionView {
  /** The task definition's ARN. */
  readonly revision: string
  readonly family: string
  /** A revision that is not can be run by no service any more. */
  readonly active: boolean
  readonly containers: readonly { readonly name: string; readonly image: string }[]
}

/** What a copy of a revision has otherwise. */
export interface RevisionChanges {
  readonly family: string
  readonly container: string
  readonly image: string
  /** Variables of the container's environment: replaced where it has them, else added. */
  readonly variables: Readonly<Record<string, string>>
}

/** Revisions as whoever deploys needs them; a rollout only reads which one a service runs. */
export interface Revisions {
  /** By ARN, `family:number`, or a family's newest; `undefined` where ECS has none. */
  describe(revision: string): Promise<RevisionView | undefined>
  /**
   * Registers a copy of a revision with some changes; everything else is as it was, tags too.
   * @param unless a revision that may say the same already: then nothing is registered, and this is the answer.
   */
  register(
    of: string,
    changes: RevisionChanges,
    unless: string,
  ): Promise<{ readonly kind: 'registered' | 'same'; readonly revision: string }>
  /** Points a service at a revision. @param again starts its tasks anew, though it has that revision already. */
  deploy(
    ref: ServiceRef,
    wanted: { readonly revision: string; readonly desiredCount: number; readonly again: boolean },
  ): Promise<void>
}
