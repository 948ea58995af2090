import { SluiceError } from '../errors.ts'
import type { CheckDefinition } from '../model/definition.ts'
import type { Memories, Memory } from '../model/memory.ts'
import type { Verdict } from '../model/verdict.ts'
import { checkAlarms } from './checks/alarms.ts'
import { type Answer, type CheckContext, type CheckPorts, verdict } from './checks/check.ts'
import { checkCompare } from './checks/compare.ts'
import { checkCustom } from './checks/custom.ts'
import { checkEcs } from './checks/ecs.ts'
import { checkHttp } from './checks/http.ts'
import { checkMetric } from './checks/metric.ts'
import { checkTargets } from './checks/targets.ts'
import { isDue } from './due.ts'

/** What the looks before this one left. */
export interface Before {
  readonly evidence: readonly Verdict[]
  readonly memory: Memories
}

export interface Judgement {
  /** One a check, in the definition's order. */
  readonly verdicts: Verdict[]
  readonly memory: Memories
}

/**
 * Runs every check that is due; of the others the last verdict stands, with the time at which it was made. A
 * provider that cannot answer is an `error` verdict, not a failure of the candidate and not the end of the others,
 * and costs no memory.
 * @param all whether every check is due: something happened, or the step may be passed.
 */
export async function judge(
  ports: CheckPorts,
  checks: readonly CheckDefinition[],
  context: CheckContext,
  before: Before = { evidence: [], memory: {} },
  all = false,
): Promise<Judgement> {
  const answers = await Promise.all(
    checks.map(async (check): Promise<Answer> => {
      const last = before.evidence.find((one) => one.check === check.name)
      const memory = before.memory[check.name]
      const stands = last !== undefined && !all && !isDue(check, last, context)
      const answer = stands ? last : await attempt(ports, check, context, memory)
      if ('verdict' in answer) return answer
      const keeps = (stands || answer.kind === 'error') && memory !== undefined
      return { verdict: answer, ...(keeps ? { memory } : {}) }
    }),
  )
  const memory: Record<string, Memory> = {}
  for (const { verdict, memory: kept } of answers) if (kept) memory[verdict.check] = kept
  return { verdicts: answers.map((answer) => answer.verdict), memory }
}

async function attempt(
  ports: CheckPorts,
  check: CheckDefinition,
  context: CheckContext,
  memory: Memory | undefined,
): Promise<Verdict | Answer> {
  try {
    return await run(ports, check, context, memory)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const code = error instanceof SluiceError ? error.code : 'provider'
    const reason = `${check.name} could not be answered (${code}): ${why}`
    return verdict(check, context, { kind: 'error', reason, source: check.type })
  }
}

function run(
  ports: CheckPorts,
  check: CheckDefinition,
  context: CheckContext,
  memory: Memory | undefined,
): Promise<Verdict | Answer> {
  switch (check.type) {
    case 'ecs':
      return checkEcs(ports, check, context, memory)
    case 'targets':
      return checkTargets(ports, check, context, memory)
    case 'alarms':
      return checkAlarms(ports, check, context, memory)
    case 'http':
      return checkHttp(ports, check, context, memory)
    case 'metric':
      return checkMetric(ports, check, context, memory)
    case 'compare':
      return checkCompare(ports, check, context, memory)
    case 'custom':
      return checkCustom(ports, check, context, memory)
  }
}
