import type { WireRequest } from './service.ts'

/** An action that whoever asks for an operation has to be allowed, on each of some resources. */
export interface Requirement {
  /** As IAM names it, `elasticloadbalancing:ModifyRule`. */
  readonly action: string
  /** ARNs; `*` for an action that knows no resources. */
  readonly resources: readonly string[]
  /** Condition keys of the service, as IAM names them. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>
  /** The resource's policy has to allow it too, or to leave it to the account; for roles that are assumed. */
  readonly byTrust?: boolean
}

/** What an operation needs, by its name and as its input says. An operation without an entry is allowed to nobody. */
export type Authorization = Readonly<Record<string, (input: never) => readonly Requirement[]>>

/** An action that has no resources. */
export const onAll = (action: string, context?: Requirement['context']): readonly Requirement[] => [
  { action, resources: ['*'], ...(context ? { context } : {}) },
]

export const on = (
  action: string,
  resources: string | readonly string[],
  context?: Requirement['context'],
): readonly Requirement[] => [
  { action, resources: [resources].flat(), ...(context ? { context } : {}) },
]

/** The access key that a request is signed with: `Credential=AKID/20261120/us-east-1/ecs/aws4_request`. */
export const accessKeyOf = (request: WireRequest): string | undefined =>
  /Credential=([^/]+)\//.exec(request.headers.authorization ?? '')?.[1]
