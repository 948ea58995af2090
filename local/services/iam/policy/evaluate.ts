import { ACCOUNT } from '../../../account.ts'
import { type Context, holds } from './condition.ts'
import type { Document, Patterns, Principals, Statement } from './document.ts'
import { matchesArn, matchesWildcard } from './wildcard.ts'

/** Who asks, as statements of a resource's policy name it. */
export type Asker =
  | { readonly kind: 'role'; readonly roleArn: string; readonly sessionArn: string }
  | { readonly kind: 'service'; readonly name: string }

/** One action on one resource. */
export interface Access {
  readonly asker: Asker
  /** `ecs:DescribeServices` */
  readonly action: string
  /** An ARN, or `*` of an action that knows no resources. */
  readonly resource: string
  readonly context: Context
}

/** An action on a resource, as a statement that allowed something names the two. */
export interface Grant {
  /** Of the statement: its policy and place in it. */
  readonly place: string
  /** Which of the statement's actions, from 0; none of a statement that names what it does not allow. */
  readonly action: number | undefined
  /** Which of its resources; none where it names none, or those it does not speak of. */
  readonly resource: number | undefined
}

export type Verdict =
  | { readonly kind: 'allowed'; readonly by: readonly Grant[] }
  /** A statement forbids it, whatever others allow. */
  | { readonly kind: 'denied'; readonly by: string }
  /** No statement allows it. */
  | { readonly kind: 'silent' }

/** What the policies of the asking role say. */
export function evaluateIdentity(document: Document, access: Access): Verdict {
  return verdict(document, access, () => true)
}

/** What the policy of the resource says of this very asker. */
export function evaluateResource(document: Document, access: Access): Verdict {
  return verdict(document, access, ({ effect, principals }) => {
    // To deny the account is to deny everybody in it; to allow it is to leave it to the account's own policies.
    const all = effect === 'Deny' && namesAccount(principals, access.asker)
    return all || names(principals, access.asker)
  })
}

/** Whether the policy of the resource leaves it to the account, whose own policies then decide. */
export function evaluateDelegation(document: Document, access: Access): Verdict {
  const delegated = document.filter(({ effect }) => effect === 'Allow')
  return verdict(delegated, access, ({ principals }) => namesAccount(principals, access.asker))
}

function verdict(
  document: Document,
  access: Access,
  concerns: (statement: Statement) => boolean,
): Verdict {
  const applying = document.filter((one) => concerns(one) && applies(one, access))
  const denying = applying.find(({ effect }) => effect === 'Deny')
  if (denying) return { kind: 'denied', by: denying.place }
  if (applying.length === 0) return { kind: 'silent' }
  return { kind: 'allowed', by: applying.flatMap((one) => grantsOf(one, access)) }
}

function applies({ actions, resources, conditions }: Statement, access: Access): boolean {
  return (
    speaksOf(actions, access.action) &&
    (!resources || matches(resources, (arn) => matchesArn(arn, access.resource))) &&
    conditions.every((condition) => holds(condition, access.context))
  )
}

/** What was asked of a statement before: there are many requests, and few actions. */
const answers = new WeakMap<Patterns, Map<string, boolean>>()

function speaksOf(actions: Patterns, action: string): boolean {
  const known = answers.get(actions) ?? new Map<string, boolean>()
  const answer = known.get(action) ?? matches(actions, (pattern) => isAction(pattern, action))
  answers.set(actions, known.set(action, answer))
  return answer
}

const matches = ({ patterns, negated }: Patterns, fits: (pattern: string) => boolean): boolean =>
  patterns.some(fits) !== negated

/** Services and actions are the same in upper and lower case. */
const isAction = (pattern: string, action: string): boolean =>
  matchesWildcard(pattern.toLowerCase(), action.toLowerCase())

function grantsOf(
  { place, actions, resources }: Statement,
  { action, resource }: Access,
): readonly Grant[] {
  const byAction = fitting(actions, (pattern) => isAction(pattern, action))
  const byResource = fitting(resources, (pattern) => matchesArn(pattern, resource))
  return byAction.flatMap((one) =>
    byResource.map((other) => ({ place, action: one, resource: other })),
  )
}

function fitting(
  given: Patterns | undefined,
  fits: (pattern: string) => boolean,
): readonly (number | undefined)[] {
  if (!given || given.negated) return [undefined]
  return given.patterns.flatMap((pattern, index) => (fits(pattern) ? [index] : []))
}

function names(principals: Principals | undefined, asker: Asker): boolean {
  if (!principals) return false
  if (asker.kind === 'service') {
    return principals.services.includes(asker.name) || principals.aws.includes('*')
  }
  return principals.aws.some((one) => ['*', asker.roleArn, asker.sessionArn].includes(one))
}

function namesAccount(principals: Principals | undefined, asker: Asker): boolean {
  const account = [ACCOUNT, `arn:aws:iam::${ACCOUNT}:root`]
  return asker.kind === 'role' && (principals?.aws ?? []).some((one) => account.includes(one))
}
