import type { Act } from '../rollout/act.ts'

type Disturbance = NonNullable<Act['disturbance']>

/** Every task of the candidate dies at once, as a version does that cannot bear its share. */
export const tasksDie = (atWeight: number): Disturbance => ({
  atWeight,
  what: "the candidate's tasks die",
  async happen({ stage, revision }) {
    stage.tasks.kill((spec) => spec.revision === revision)
  },
})

/** What somebody's Stop in the console does: no Catch of the workflow sees it. */
export const executionStopped = (atWeight: number): Disturbance => ({
  atWeight,
  what: 'somebody stops the execution',
  async happen({ stage, execution }) {
    await stage.executions.stop(execution, 'stopped from outside, in the middle of a step')
  },
})
