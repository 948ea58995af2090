import { readFileSync } from 'node:fs'

export interface Retrier {
  readonly ErrorEquals: readonly string[]
  readonly IntervalSeconds: number
  readonly BackoffRate: number
  readonly MaxAttempts: number
  readonly MaxDelaySeconds: number
  readonly JitterStrategy?: 'FULL' | 'NONE'
}

interface Catcher {
  readonly ErrorEquals: readonly string[]
  readonly ResultPath: string | null
  readonly Next: string
}

export interface State {
  readonly Comment?: string
  readonly Type: 'Task' | 'Choice' | 'Wait' | 'Succeed' | 'Fail'
  readonly Resource?: string
  readonly Parameters?: { readonly FunctionName: string; readonly Payload: Record<string, string> }
  readonly TimeoutSeconds?: number
  readonly TimeoutSecondsPath?: string
  readonly ResultPath?: string | null
  readonly Next?: string
  readonly Default?: string
  readonly SecondsPath?: string
  readonly Choices?: readonly {
    readonly StringEquals?: string
    readonly And?: readonly object[]
    readonly Next: string
  }[]
  readonly Retry?: readonly Retrier[]
  readonly Catch?: readonly Catcher[]
}

interface Definition {
  readonly Comment: string
  readonly StartAt: string
  readonly TimeoutSeconds: number
  readonly States: Readonly<Record<string, State>>
}

const file = new URL('../../../statemachine/canary.asl.json', import.meta.url)

export const definition: Definition = JSON.parse(readFileSync(file, 'utf8'))

export const states = Object.entries(definition.States)
export const tasks = states.filter(([, state]) => state.Type === 'Task')
export const tokenTasks = tasks.filter(([, state]) => state.Resource?.endsWith('.waitForTaskToken'))

/** Every state that may follow, and by which way. */
export function successors(state: State): readonly { readonly to: string; readonly by: string }[] {
  const next = [state.Next, state.Default, ...(state.Choices ?? []).map((choice) => choice.Next)]
  const caught = (state.Catch ?? []).map((catcher) => catcher.Next)
  return [
    ...next.filter((to) => to !== undefined).map((to) => ({ to, by: 'next' })),
    ...caught.map((to) => ({ to, by: 'catch' })),
  ]
}

/** Seconds that a retrier waits in all its attempts, on average: full jitter halves each wait. */
export function horizonOf(retrier: Retrier): number {
  let total = 0
  for (let attempt = 0; attempt < retrier.MaxAttempts; attempt++) {
    const wait = retrier.IntervalSeconds * retrier.BackoffRate ** attempt
    total += Math.min(wait, retrier.MaxDelaySeconds)
  }
  return retrier.JitterStrategy === 'FULL' ? total / 2 : total
}
