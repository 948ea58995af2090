import { InputError } from '../../core/errors.ts'
import type { WorkflowTask } from '../../core/model/position.ts'
import * as z from '../../core/model/zod.ts'
import type { WorkflowInput } from '../../core/ports.ts'
import type { MetricName } from './metric-names.ts'
import { about, type Watch } from './watch.ts'
import { type Handler, watched } from './watched.ts'

const claim = {
  canary: z.string().check(z.minLength(1)),
  rollout: z.string().check(z.minLength(1)),
  attempt: z.int().check(z.gte(1)),
  candidate: z.enum(['blue', 'green']),
  revision: z.string(),
  recover: z.exactOptional(z.string()),
  /** Of a Catch. */
  error: z.exactOptional(
    z.object({ Error: z._default(z.string(), 'unknown'), Cause: z._default(z.string(), '') }),
  ),
}

const DECISIONS = [
  'bake',
  'shift',
  'promote',
  'fail-back',
  'hold',
  'ready',
  'verify',
  'promoted',
  'failed-back',
] as const

const position = z.object({
  ...claim,
  step: z.int().check(z.gte(0)),
  weight: z.number().check(z.gte(0), z.lte(100)),
  reason: z.string(),
  decision: z.enum(DECISIONS),
  seconds: z.number().check(z.gte(1)),
  looks: z.exactOptional(z.int()),
})

const execution = z.string().check(z.minLength(1))

/** What the workflow starts with. */
export const claimTask = z.object({ execution, input: z.object(claim) })

/** What the workflow passes from state to state. */
export const positionTask = z.object({ execution, input: position })

/** A fail back needs no more than the claim: whatever else is broken must not keep it from restoring. */
export const anyTask = z.object({ execution, input: z.union([position, z.object(claim)]) })

export const waitingTask = z.object({
  execution,
  input: position,
  token: z.string().check(z.minLength(1)),
  waitingFor: z.enum(['bake', 'approval']),
})

/** A handler of a workflow's task: parse, call `run`, return what it returns. */
export function taskHandler<Task extends WorkflowTask<WorkflowInput>, Result>(
  watch: Watch,
  schema: z.ZodMiniType<Task>,
  run: (task: Task) => Promise<Result>,
  failed?: readonly MetricName[],
): Handler<Result> {
  const handle: Handler<Result> = async (event) => {
    const task = parseTask(schema, event)
    const { input } = task
    about(watch, { ...input, step: 'step' in input ? Number(input.step) : 0 })
    return run(task)
  }
  return watched(watch, handle, failed)
}

/** @throws {InputError} which the workflow catches into `Fail Back`. */
function parseTask<Task>(schema: z.ZodMiniType<Task>, event: unknown): Task {
  const result = schema.safeParse(event)
  if (result.success) return result.data
  const lines = result.error.issues.map(
    ({ path, message }) => `${path.map(String).join('.') || 'the whole'}: ${message}`,
  )
  throw new InputError(
    `no task of the workflow: ${lines.join('; ')}; start executions through Sluice, not by hand`,
  )
}
