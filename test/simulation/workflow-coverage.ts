import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { HistoryEvent } from '@aws-sdk/client-sfn'
import type { Journal } from './journal.ts'

interface Handler {
  readonly ErrorEquals: readonly string[]
  readonly Next?: string
}

interface State {
  readonly Type: string
  readonly Next?: string
  readonly Default?: string
  readonly Choices?: readonly { readonly Next: string }[]
  readonly Retry?: readonly Handler[]
  readonly Catch?: readonly Handler[]
}

const STATES: Readonly<Record<string, State>> = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../statemachine/canary.asl.json'), 'utf8'),
).States

/** All that a run of the workflow can show. */
export function workflowPoints(): string[] {
  return Object.entries(STATES).flatMap(([name, state]) => {
    const nexts = [state.Next, state.Default, ...(state.Choices ?? []).map(({ Next }) => Next)]
    return [
      `state ${name}`,
      ...new Set(
        nexts.flatMap((next) => (next === undefined ? [] : [`transition ${name} → ${next}`])),
      ),
      ...(state.Catch ?? []).map((one) => `catch ${name}: ${one.ErrorEquals.join(', ')}`),
      ...(state.Retry ?? []).map((one) => `retry ${name}: ${one.ErrorEquals[0]}`),
    ]
  })
}

/** Notes which states, transitions, catches and retries the executions went through. */
export function noteWorkflow(
  executions: Iterable<{ readonly history: { events(): readonly HistoryEvent[] } }>,
  journal: Journal,
): void {
  for (const { history } of executions) follow(history.events(), journal)
}

function follow(events: readonly HistoryEvent[], { reached }: Journal): void {
  let present: string | undefined
  let error: string | undefined
  const failed = (name: string | undefined) => {
    error = name ?? ''
  }
  for (const event of events) {
    const entered = event.stateEnteredEventDetails?.name
    if (entered !== undefined) {
      if (present !== undefined) {
        if (error === undefined) reached('transition', `${present} → ${entered}`)
        else reached('catch', `${present}: ${matching(STATES[present]?.Catch, error)}`)
      }
      reached('state', entered)
      present = entered
      error = undefined
    }
    if (event.type === 'TaskSucceeded') error = undefined
    if (event.type === 'TaskFailed') failed(event.taskFailedEventDetails?.error)
    if (event.type === 'TaskTimedOut') failed('States.Timeout')
    if (event.type === 'TaskScheduled' && present !== undefined && error !== undefined) {
      reached('retry', `${present}: ${matching(STATES[present]?.Retry, error).split(', ')[0]}`)
      error = undefined
    }
  }
}

function matching(handlers: readonly Handler[] = [], error = ''): string {
  const found = handlers.find(
    ({ ErrorEquals: names }) => names.includes(error) || names.includes('States.ALL'),
  )
  return found?.ErrorEquals.join(', ') ?? `none for ${error}`
}
