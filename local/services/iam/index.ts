import { type Authorizer, createAuthorizer } from './authorizer.ts'
import { createSessions, type Sessions } from './sessions.ts'
import { IamState } from './state.ts'

export type { Authorizer, Decision } from './authorizer.ts'
export {
  ADMINISTRATOR,
  ADMINISTRATOR_ARN,
  type Principal,
  type Session,
  sessionArn,
} from './principal.ts'
export type { Credentials } from './sessions.ts'
export type { IamState, Role } from './state.ts'

/**
 * Roles, their policies and sessions, and what these allow. Templates make the roles; the API only tells of them.
 * Whoever signs with a key that was not issued here is the account's administrator.
 */
export interface Iam extends Authorizer, Sessions {
  readonly state: IamState
}

export function createIam(): Iam {
  const state = new IamState()
  const authorizer = createAuthorizer(state)
  // Who may assume a role stands in a policy on the role.
  authorizer.providePolicies('iam', (arn) => state.findRole(arn)?.trust)
  return { state, ...authorizer, ...createSessions() }
}
