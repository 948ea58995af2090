import type { CheckOf } from '../../model/definition.ts'
import { readAnswer } from '../../model/function-answer.ts'
import { functionRequest } from '../../model/function-request.ts'
import type { RunMemory } from '../../model/memory.ts'
import { type Answer, type Check, type CheckContext, verdict } from './check.ts'

/**
 * What does a function of the canary's team say? It is asked at each run of the check; one that answers `in-progress`
 * is asked again, under the same id, when it said, and decides nothing until then. One that gave no answer is asked again
 * under the same id too: it may have begun its work all the same.
 */
export const checkCustom: Check<'custom'> = async (ports, definition, context, memory) => {
  const { now, rollout, looks } = context
  const begun = memory?.kind === 'run' ? memory : undefined
  const run: RunMemory = begun ?? {
    kind: 'run',
    id: `${rollout}/check/${definition.name}/${looks}`,
    since: now,
    again: now,
    invocations: 0,
  }
  const answerWith = answering(definition, context, run)
  if (now < run.again) {
    const left = Math.ceil((run.again - now) / 1000)
    return answerWith('inconclusive', `is in progress, and asked again in ${left} s`, run)
  }
  const payload = functionRequest(context, {
    id: run.id,
    kind: 'check',
    name: definition.name,
    attempt: run.invocations + 1,
    input: definition.input,
  })
  const answer = readAnswer(
    await ports.lambdas.invoke(definition.function, payload, definition.timeout * 1000),
  )
  const asked = { ...run, invocations: run.invocations + 1 }
  const deadline = run.since + definition.deadline * 1000
  if (answer.kind === 'broken') {
    const kind = definition.onError === 'fail' ? 'fail' : 'error'
    return answerWith(kind, answer.reason, now < deadline ? { ...asked, again: now } : undefined)
  }
  if (answer.status !== 'in-progress') {
    return answerWith(answer.status, answer.reason, undefined, answer.numbers)
  }
  if (now >= deadline) {
    const kind = definition.onError === 'fail' ? 'fail' : 'error'
    return answerWith(kind, `is still in progress after ${definition.deadline} s: ${answer.reason}`)
  }
  const next = { ...asked, again: Math.min(now + answer.retryAfter * 1000, deadline) }
  return answerWith('inconclusive', `is in progress: ${answer.reason}`, next, answer.numbers)
}

function answering(definition: CheckOf<'custom'>, context: CheckContext, run: RunMemory) {
  return (
    kind: 'pass' | 'fail' | 'inconclusive' | 'error',
    reason: string,
    next?: RunMemory,
    numbers: Readonly<Record<string, number>> = {},
  ): Answer => ({
    verdict: verdict(definition, context, {
      kind,
      reason: `${definition.name} ${reason}`,
      source: definition.function,
      numbers,
      window: { from: run.since, to: context.now },
    }),
    ...(next ? { memory: next } : {}),
  })
}
