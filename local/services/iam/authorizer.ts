import { ACCOUNT, REGION } from '../../account.ts'
import type { Requirement } from '../../wire/authorization.ts'
import { AccessDenied } from '../../wire/refusal.ts'
import type { Document } from './policy/document.ts'
import {
  type Access,
  type Asker,
  evaluateDelegation,
  evaluateIdentity,
  evaluateResource,
  type Grant,
  type Verdict,
} from './policy/evaluate.ts'
import { namedPrincipal, type Principal } from './principal.ts'
import type { IamState } from './state.ts'

/** Gives the policy on a resource, where it has one. @throws {AwsError} where there is no such resource. */
export type PolicyLookup = (arn: string) => Document | undefined

export interface Decision {
  readonly principal: Principal
  readonly action: string
  readonly resource: string
  /** What allowed it; nothing where it was refused. */
  readonly by: readonly Grant[]
}

export interface Authorizer {
  /**
   * @throws {AccessDenied} in the words of AWS, for the first action or resource that is not allowed.
   * @throws {AwsError} for a resource that is not there, whose own policy was asked.
   */
  require(principal: Principal, ...requirements: readonly Requirement[]): void
  allows(principal: Principal, ...requirements: readonly Requirement[]): boolean
  /** Tells where policies on resources of a service stand; `sqs`, as ARNs have it. */
  providePolicies(service: string, lookup: PolicyLookup): void
  /** Hears of every decision about a session or a service. Gives the way to stop. */
  onDecision(listener: (decision: Decision) => void): () => void
}

export function createAuthorizer(state: IamState): Authorizer {
  const lookups = new Map<string, PolicyLookup>()
  const listeners = new Set<(decision: Decision) => void>()

  const policyOn = (resource: string): Document | undefined =>
    lookups.get(resource.split(':')[2] ?? '')?.(resource)

  const decide = (
    principal: Exclude<Principal, { kind: 'administrator' }>,
    requirement: Requirement,
    resource: string,
  ): Verdict => {
    let context: Access['context'] | undefined
    const access: Access = {
      asker: askerOf(principal),
      action: requirement.action,
      resource,
      // Few statements have conditions, and most of those are of other actions.
      get context() {
        context ??= contextOf(principal, requirement)
        return context
      },
    }
    const document = policyOn(resource) ?? []
    const ofResource = evaluateResource(document, access)
    if (ofResource.kind === 'denied') return ofResource
    if (principal.kind === 'service') return ofResource
    const role = state.findRole(principal.session.roleArn)
    const ofRole = evaluateIdentity(role ? state.policiesOf(role) : [], access)
    if (ofRole.kind === 'denied' || ofResource.kind === 'allowed') {
      return ofRole.kind === 'denied' ? ofRole : ofResource
    }
    if (!requirement.byTrust || ofRole.kind === 'silent') return ofRole
    const delegated = evaluateDelegation(document, access)
    if (delegated.kind !== 'allowed') return { kind: 'silent' }
    return { kind: 'allowed', by: [...ofRole.by, ...delegated.by] }
  }

  const find = (principal: Principal, requirements: readonly Requirement[]): string | undefined => {
    if (principal.kind === 'administrator') return undefined
    for (const requirement of requirements) {
      const { resources } = requirement
      for (const resource of resources.length === 0 ? ['*'] : resources) {
        const verdict = decide(principal, requirement, resource)
        const by = verdict.kind === 'allowed' ? verdict.by : []
        const { action } = requirement
        for (const listener of listeners) listener({ principal, action, resource, by })
        if (verdict.kind !== 'allowed') return refusal(principal, requirement, resource, verdict)
      }
    }
    return undefined
  }

  return {
    require(principal, ...requirements) {
      const refused = find(principal, requirements)
      if (refused) throw new AccessDenied(refused)
    },
    allows: (principal, ...requirements) => find(principal, requirements) === undefined,
    providePolicies: (service, lookup) => void lookups.set(service, lookup),
    onDecision(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

function askerOf(principal: Exclude<Principal, { kind: 'administrator' }>): Asker {
  if (principal.kind === 'service') return { kind: 'service', name: principal.name }
  const { roleArn, arn } = principal.session
  return { kind: 'role', roleArn, sessionArn: arn }
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html */
function contextOf(
  principal: Exclude<Principal, { kind: 'administrator' }>,
  requirement: Requirement,
): Access['context'] {
  const own =
    principal.kind === 'service'
      ? {
          'aws:PrincipalIsAWSService': 'true',
          'aws:PrincipalServiceName': principal.name,
          'aws:SourceAccount': ACCOUNT,
          ...(principal.sourceArn ? { 'aws:SourceArn': principal.sourceArn } : {}),
        }
      : {
          'aws:PrincipalIsAWSService': 'false',
          'aws:PrincipalArn': principal.session.roleArn,
          'aws:PrincipalAccount': ACCOUNT,
          ...tagged('aws:PrincipalTag', principal.session.tags),
        }
  const all: Readonly<Record<string, string | readonly string[]>> = {
    ...requirement.context,
    ...own,
    'aws:RequestedRegion': REGION,
    // As every client of AWS comes; the loopback interface, which local AWS listens on alone, needs no TLS.
    'aws:SecureTransport': 'true',
  }
  return new Map(
    Object.entries(all).map(([key, value]) => [key.toLowerCase(), [value].flat()] as const),
  )
}

const tagged = (key: string, tags: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(tags).map(([tag, value]) => [`${key}/${tag}`, value]))

function refusal(
  principal: Principal,
  { action }: Requirement,
  resource: string,
  verdict: Verdict,
): string {
  const who = principal.kind === 'service' ? 'Service' : 'User'
  const kind = principal.kind === 'service' ? 'resource-based' : 'identity-based'
  const why =
    verdict.kind === 'denied'
      ? `with an explicit deny in a policy (${verdict.by})`
      : `because no ${kind} policy allows the ${action} action`
  const on = resource === '*' ? '' : ` on resource: ${resource}`
  return `${who}: ${namedPrincipal(principal)} is not authorized to perform: ${action}${on} ${why}`
}
