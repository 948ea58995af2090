import type { Measurement } from '../line.ts'
import { measureBurst } from './burst.ts'
import { linesOf } from './report.ts'
import { type LoadSize, runRollouts } from './run-rollouts.ts'

/** Of Route 53, for all of an account: ten a second, and fifty at once. */
export const ROUTE53_QUOTA = { requestsPerSecond: 10, requestBurst: 50 } as const

/** A burst by itself, where each canary is to get an execution; and one of which whole rollouts follow, under the quota. */
export async function measureLoad(
  assembly: string,
  size: Omit<LoadSize, 'quota'>,
): Promise<readonly Measurement[]> {
  const { canaries, events, seed } = size
  const burst = await measureBurst(canaries, events, seed)
  console.error(`  load: ${size.rollouts} rollouts at once, without a quota`)
  const free = await runRollouts(assembly, size)
  console.error(`  load: ${size.rollouts} rollouts at once, under Route 53's quota`)
  const limited = { ...size, quota: ROUTE53_QUOTA }
  const seen = await runRollouts(assembly, limited)
  return [burst, { name: 'rollouts at once', lines: linesOf(limited, seen, free) }]
}
