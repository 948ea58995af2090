import type { Disturbance } from '../rollout/act.ts'

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

/** What both slots need fails from now on, and so both do. */
export const dependencyFails = (atWeight: number, share: number): Disturbance => ({
  atWeight,
  what: `what both slots depend on fails ${share * 100} % of the time`,
  async happen({ stage }) {
    if (!stage.dependency) throw new Error('the scenario has no dependency that could fail')
    stage.dependency.fail(share)
  },
})
