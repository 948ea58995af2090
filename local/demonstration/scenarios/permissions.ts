import type { Document } from '../../services/iam/policy/document.ts'
import type { Act } from '../rollout/act.ts'

/** An administrator takes actions out of the policy of the canary's role. */
export const permissionTaken = (actions: readonly string[]): NonNullable<Act['before']> => ({
  what: `somebody takes ${actions.join(' and ')} from the canary's role`,
  async happen({ stage, environment }) {
    const role = await stage.records.roleOf(environment.canary)
    const { inline } = stage.aws.iam.state.role(role)
    for (const [policy, document] of inline) inline.set(policy, without(document, actions))
  },
})

const without = (document: Document, actions: readonly string[]): Document =>
  document.map((statement) => ({
    ...statement,
    actions: {
      ...statement.actions,
      patterns: statement.actions.patterns.filter((pattern) => !actions.includes(pattern)),
    },
  }))
