import { guard } from '../../core/use-cases/guard.ts'
import { parseBrokenOffExecution } from '../../events/step-functions-execution-status-change.ts'
import { type Container, connect, store, workflows } from '../shared/container.ts'
import { about, toldResult } from '../shared/watch.ts'
import { atFirstCall, watched } from '../shared/watched.ts'

const needs = { store, workflows }

/** An execution of the workflow that ended without promotion. Throws only what a retry of the event may mend. */
export function createGuardHandler(container: Container<keyof typeof needs>) {
  const { environment, watch } = container
  return watched(watch, async (event) => {
    const ended = parseBrokenOffExecution(event, environment.stateMachineArn)
    if (ended.kind === 'ignored') return toldResult(watch, ended)
    about(watch, ended.value.input)
    const result = await guard(container, ended.value)
    return toldResult(watch, { ...result, canary: ended.value.input.canary })
  })
}

export const handler = atFirstCall(() => createGuardHandler(connect(needs)))
