import { SluiceError } from '../errors.ts'
import type { CheckDefinition } from '../model/definition.ts'
import type { Verdict } from '../model/verdict.ts'
import { checkAlarms } from './checks/alarms.ts'
import { type CheckContext, type CheckPorts, verdict } from './checks/check.ts'
import { checkEcs } from './checks/ecs.ts'
import { checkMetric } from './checks/metric.ts'
import { checkTargets } from './checks/targets.ts'

/**
 * Runs every check. A provider that cannot answer is an `error` verdict, not a failure of the candidate and
 * not the end of the others.
 */
export async function judge(
  ports: CheckPorts,
  checks: readonly CheckDefinition[],
  context: CheckContext,
): Promise<Verdict[]> {
  return Promise.all(
    checks.map(async (check) => {
      try {
        return await run(ports, check, context)
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error)
        const code = error instanceof SluiceError ? error.code : 'provider'
        const reason = `${check.name} could not be answered (${code}): ${why}`
        return verdict(check, context, { kind: 'error', reason, source: check.type })
      }
    }),
  )
}

function run(ports: CheckPorts, check: CheckDefinition, context: CheckContext): Promise<Verdict> {
  switch (check.type) {
    case 'ecs':
      return checkEcs(ports, check, context)
    case 'targets':
      return checkTargets(ports, check, context)
    case 'alarms':
      return checkAlarms(ports, check, context)
    case 'metric':
      return checkMetric(ports, check, context)
  }
}
