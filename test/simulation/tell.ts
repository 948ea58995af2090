import type { Coverage } from './coverage.ts'
import type { Report } from './worker.ts'

/** A failure with all that somebody needs to have it again. */
export function failureText({ seed, violations, shrunk }: Report): string {
  const broken = violations.map(({ rule, what }) => `  broken: ${rule}: ${what}`)
  const parts = shrunk
    ? [...shrunk.scenario.happenings, ...shrunk.scenario.faults].map(
        (part) => `  ${JSON.stringify(part)}`,
      )
    : []
  const ids = shrunk?.ids.join(',') || 'none'
  return [
    `seed ${seed}`,
    ...broken,
    'shrunk to',
    ...parts,
    `again: npm run simulate -- --seed ${seed} --replay ${ids}`,
  ].join('\n')
}

export function coverageTable({ kinds, missing }: Coverage): string {
  const rows = kinds.map(
    ({ kind, reached, of }) => `${kind.padEnd(12)}${String(reached).padStart(5)} of ${of}`,
  )
  const left = missing.map((point) => `  not reached: ${point}`)
  return ['reached', ...rows, ...left].join('\n')
}

export function summaryText(
  summary: {
    readonly seeds: number
    readonly rollouts: number
    readonly seconds: number
    readonly jobs: number
  },
  failures: number,
): string {
  const { seeds, rollouts, seconds, jobs } = summary
  const speed = (rollouts / seconds / jobs).toFixed(1)
  return `${seeds} seeds, ${rollouts} rollouts in ${seconds.toFixed(0)} s with ${jobs} processes (${speed} a second and process): ${failures} broken`
}
