import { CALLS, READS } from './calls.ts'
import { CALL_FAULTS, DEEDS, INVOCATION_FAULTS, OUTAGES } from './scenario.ts'
import { workflowPoints } from './workflow-coverage.ts'

export interface Coverage {
  /** In the order in which they are told. */
  readonly kinds: readonly {
    readonly kind: string
    readonly reached: number
    readonly of: number
  }[]
  readonly missing: readonly string[]
}

/**
 * Holds what the seeds reached against all that there is: the workflow's states, transitions, catches and retries; each
 * kind of fault, deed and outage; and for each call that a function makes, a failure before it took effect and one after.
 */
export function coverageOf(reached: ReadonlySet<string>): Coverage {
  const known = Object.entries(CALLS).flatMap(([fn, of]) => of.map((one) => `${fn} ${one}`))
  const made = [...reached].filter((one) => one.startsWith('call ')).map((one) => one.slice(5))
  const calls = [...new Set([...known, ...made])]
  const points = [
    ...workflowPoints(),
    ...calls.map((call) => `call ${call}`),
    ...[...CALL_FAULTS, ...INVOCATION_FAULTS].map((kind) => `fault ${kind}`),
    ...DEEDS.map((kind) => `deed ${kind}`),
    ...OUTAGES.map((service) => `outage ${service}`),
    ...calls.map((call) => `before ${call}`),
    ...calls.flatMap((call) => (READS.test(call.split(' ')[1] ?? '') ? [] : [`after ${call}`])),
  ]
  const kindOf = (point: string) => point.split(' ')[0] ?? ''
  const kinds = [...new Set(points.map(kindOf))].map((kind) => {
    const all = points.filter((point) => kindOf(point) === kind)
    return { kind, reached: all.filter((point) => reached.has(point)).length, of: all.length }
  })
  return { kinds, missing: points.filter((point) => !reached.has(point)).sort() }
}
