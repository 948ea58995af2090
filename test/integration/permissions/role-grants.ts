import type { PolicyStatementJson } from '../../../core/model/canary-grants.ts'
import type { Decision } from '../../../local/services/iam/index.ts'
import type { ChangeStatements } from '../../fixtures/in-process/canary-role.ts'

const TAG = 'sluice:function'
const KEY = `aws:PrincipalTag/${TAG}`

/** What one function may do by one statement of a canary's role. */
export interface RoleGrant {
  readonly id: string
  readonly sid: string
  readonly action: string
  readonly fn: string
}

export function roleGrants(statements: readonly PolicyStatementJson[]): readonly RoleGrant[] {
  return statements.flatMap(({ Sid: sid, Action: actions, Condition: condition }) =>
    actions.flatMap((action) =>
      [condition.StringEquals?.[KEY] ?? []].flat().map((fn) => ({
        id: `canary/${sid}: ${action} by ${fn}`,
        sid,
        action,
        fn,
      })),
    ),
  )
}

export function idOf(decision: Decision, statements: readonly PolicyStatementJson[]): string[] {
  const { principal, action, by } = decision
  if (principal.kind !== 'session') return []
  return by.flatMap(({ place }) => {
    const index = /^canary\/canary\[(\d+)\]$/.exec(place)?.[1]
    const sid = statements[Number(index)]?.Sid
    return sid === undefined ? [] : [`canary/${sid}: ${action} by ${principal.session.tags[TAG]}`]
  })
}

/** Leaves the statement to all its other functions and actions. */
export const withoutGrant =
  ({ sid, action, fn }: RoleGrant): ChangeStatements =>
  (statements) =>
    statements.flatMap((statement) => {
      if (statement.Sid !== sid) return [statement]
      const { StringEquals = {}, ...others } = statement.Condition
      const fns = [StringEquals[KEY] ?? []].flat().filter((one) => one !== fn)
      const actions = statement.Action.filter((one) => one !== action)
      const Condition = { ...others, StringEquals: { ...StringEquals, [KEY]: fns } }
      return [
        ...(actions.length > 0 ? [{ ...statement, Action: actions }] : []),
        ...(fns.length > 0 ? [{ ...statement, Action: [action], Condition }] : []),
      ]
    })
