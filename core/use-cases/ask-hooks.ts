import { brief } from '../model/brief.ts'
import type { Definition } from '../model/definition.ts'
import { readAnswer } from '../model/function-answer.ts'
import { functionRequest } from '../model/function-request.ts'
import type { HookRun } from '../model/hook-run.ts'
import type { HookDefinition, HookPoint } from '../model/hooks.ts'
import { type Rollout, withEntry } from '../model/rollout.ts'
import type { LambdaAnswer, Ports, Reaching } from '../ports.ts'

type HookPorts = Pick<Ports, 'clock' | 'store'> & Reaching<'lambdas'>

/** What the hooks of a point came to. */
export type HooksResult =
  | { readonly kind: 'passed' }
  | { readonly kind: 'waiting'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string }

/** Seconds before a function that did not answer is asked again. */
const RETRY_SECONDS = 5

/**
 * Asks the hooks of a point, one after the other, from the first that has not answered yet. Each answer goes on the
 * record before the next hook is asked; a crash in between repeats one invocation, under the same id. Never throws for
 * a hook's sake.
 * @param mine of the record as it stands: refuses an execution that may not write it any more.
 */
export async function askHooks(
  ports: HookPorts,
  rollout: Rollout & { readonly definition: Definition },
  point: HookPoint,
  mine: (seen: Rollout | undefined) => Rollout,
): Promise<HooksResult> {
  const runs = { ...rollout.hooks }
  let failed: string | undefined
  for (const hook of rollout.definition.hooks[point]) {
    const key = keyOf(rollout, point, hook)
    const run = await asked(ports, rollout, point, hook, runs[key], mine)
    runs[key] = run
    const told = `hook ${hook.name} of ${point}`
    if (run.status === 'in-progress') {
      return { kind: 'waiting', reason: `waiting for ${told}: ${run.reason}` }
    }
    if (run.status === 'fail') failed ??= `${told}: ${run.reason}`
    // After a fail back there is nothing left to stop: whoever is to be told is told.
    if (failed !== undefined && point !== 'afterFailBack') break
  }
  return failed === undefined ? { kind: 'passed' } : { kind: 'failed', reason: failed }
}

function keyOf({ step }: Rollout, point: HookPoint, { name }: HookDefinition): string {
  return point === 'afterStep' ? `${point}/${step}/${name}` : `${point}/${name}`
}

async function asked(
  ports: HookPorts,
  rollout: Rollout & { readonly definition: Definition },
  point: HookPoint,
  hook: HookDefinition,
  before: HookRun | undefined,
  mine: (seen: Rollout | undefined) => Rollout,
): Promise<HookRun> {
  const now = ports.clock.now()
  if (before && before.status !== 'in-progress') return before
  if (before?.again !== undefined && now < before.again) return before

  const key = keyOf(rollout, point, hook)
  const begun: HookRun = before ?? {
    id: `${rollout.rollout}/${key}`,
    status: 'in-progress',
    reason: '',
    since: now,
    invocations: 0,
    failures: 0,
  }
  const answer = await invoked(ports, rollout, point, hook, begun)
  const run = after(hook, begun, answer, ports.clock.now())
  await ports.store.amendRollout(rollout.canary, rollout.attempt, (seen) => {
    const record = mine(seen)
    const hooks = { ...withoutEarlierSteps(record), [key]: run }
    if (run.status === 'in-progress') return { ...record, hooks }
    const why = `${point} ${hook.name}: ${run.reason}`
    return withEntry(
      { ...record, hooks },
      { at: now, what: `hook ${WORDS[run.status]}`, why, who: hook.function },
    )
  })
  return run
}

const WORDS = { pass: 'passed', fail: 'failed', continued: 'failed, which is not minded' } as const

/** What was asked after an earlier step is on the timeline; a hundred steps would outgrow the record. */
function withoutEarlierSteps({ hooks = {}, step }: Rollout): Rollout['hooks'] {
  const kept = Object.entries(hooks).filter(
    ([key]) => !key.startsWith('afterStep/') || key.startsWith(`afterStep/${step}/`),
  )
  return Object.fromEntries(kept)
}

async function invoked(
  ports: HookPorts,
  rollout: Rollout & { readonly definition: Definition },
  point: HookPoint,
  hook: HookDefinition,
  run: HookRun,
): Promise<LambdaAnswer> {
  const { canary, rollout: id, revision, candidate, definition, step, reason } = rollout
  const subject = {
    canary,
    rollout: id,
    revision,
    candidate,
    slots: definition.slots,
    step,
    steps: definition.plan.length,
    weight: rollout.achieved,
    rolloutStartedAt: rollout.startedAt,
  }
  const request = functionRequest(subject, {
    id: run.id,
    kind: 'hook',
    name: hook.name,
    point,
    attempt: run.invocations + 1,
    ...(point === 'afterFailBack' ? { reason } : {}),
    input: hook.input,
  })
  try {
    const { lambdas } = ports.reachOf(definition)
    return await lambdas.invoke(hook.function, request, hook.timeout * 1000)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { kind: 'failed', reason: `could not be asked: ${why}` }
  }
}

function after(
  hook: HookDefinition,
  before: HookRun,
  invocation: LambdaAnswer,
  now: number,
): HookRun {
  const answer = readAnswer(invocation)
  const run = { ...before, reason: brief(answer.reason), invocations: before.invocations + 1 }
  if (answer.kind === 'answer' && answer.status !== 'in-progress') {
    return { ...settled(run), status: answer.status, failures: 0 }
  }
  const deadline = run.since + hook.deadline * 1000
  const overdue = now >= deadline
  if (answer.kind === 'answer' && !overdue) {
    return { ...run, failures: 0, again: Math.min(now + answer.retryAfter * 1000, deadline) }
  }
  const failures = answer.kind === 'broken' ? run.failures + 1 : run.failures
  if (!overdue && failures <= hook.retries) {
    return { ...run, failures, again: now + RETRY_SECONDS * 1000 }
  }
  const status = hook.onFailure === 'continue' ? 'continued' : 'fail'
  const late = overdue ? `no answer after ${hook.deadline} s: ` : ''
  return { ...settled(run), status, failures, reason: brief(`${late}${run.reason}`) }
}

function settled(run: HookRun): HookRun {
  const { again: _, ...rest } = run
  return rest
}
