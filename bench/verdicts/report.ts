import type { MeasuredCase } from './measure-others.ts'
import type { MeasuredRow, Outcome } from './measure-rows.ts'
import type { Speed } from './measure-speed.ts'
import type { Bounds } from './rows.ts'

/** Everything that `npm run bench -- verdicts` measures. */
export interface Report {
  readonly ok: boolean
  readonly seed: number
  readonly runs: number
  readonly errors: readonly MeasuredRow[]
  readonly slow: readonly MeasuredRow[]
  readonly others: readonly { readonly title: string; readonly cases: readonly MeasuredCase[] }[]
  readonly speed: readonly Speed[]
}

/** Columns of equal width, two blanks apart. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, column) => Math.max(widest[column] ?? 0, cell.length)),
    [],
  )
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** The report as a person reads it. */
export function tablesOf(report: Report): string {
  const { errors, slow, others, speed, runs, seed } = report
  const head = `${runs} rollouts a row, seed ${seed}; 100 requests/s, 5, 20 and 50 % for 300 s each, a look every 10 s.
Each cell: failed back, and on average until then: bad requests of the candidate, seconds.`
  return [
    head,
    section('Errors, live → candidate', rowsOf(errors)),
    section('Slow requests, candidate × live’s latency', rowsOf(slow)),
    ...others.map(({ title, cases }) => section(title, casesOf(cases))),
    section('A look at 1,000 checks, one core', speedOf(speed)),
  ].join('\n\n')
}

function section(title: string, rows: readonly (readonly string[])[]): string {
  return `${title}\n${columns(rows)}`
}

function rowsOf(rows: readonly MeasuredRow[]): string[][] {
  const judges = rows[0]?.outcomes.map(({ judge }) => judge) ?? []
  return [
    ['', 'must reach', ...judges],
    ...rows.map(({ name, mustReach, missed, outcomes }) => [
      name,
      told(mustReach, missed),
      ...outcomes.map(cell),
    ]),
  ]
}

function casesOf(cases: readonly MeasuredCase[]): string[][] {
  return cases.map((one) => [one.name, told(one.mustReach, one.missed), cell(one)])
}

function speedOf(speed: readonly Speed[]): string[][] {
  return speed.map(({ name, atMost, missed, milliseconds, bytes }) => [
    name,
    `≤ ${atMost} ms${missed.length > 0 ? '  ✗' : ''}`,
    `${milliseconds.toFixed(1)} ms`,
    `memory ${bytes} bytes a check`,
  ])
}

function cell({ failed, bad, seconds }: Omit<Outcome, 'judge'>): string {
  const share = `${Number((failed * 100).toFixed(2))} %`
  return bad === undefined || seconds === undefined
    ? share
    : `${share}, ${bad.toFixed(bad < 20 ? 1 : 0)} bad, ${seconds.toFixed(0)} s`
}

function told(bounds: Bounds | undefined, missed: readonly string[]): string {
  if (!bounds) return ''
  const { failedAtMost, failedAtLeast, badAtMost, secondsAtMost } = bounds
  const parts = [
    failedAtMost === undefined ? '' : `≤ ${failedAtMost * 100} %`,
    failedAtLeast === undefined ? '' : failedAtLeast === 1 ? '100 %' : `≥ ${failedAtLeast * 100} %`,
    badAtMost === undefined ? '' : `≤ ${badAtMost} bad`,
    secondsAtMost === undefined ? '' : `≤ ${secondsAtMost} s`,
  ].filter((part) => part !== '')
  return `${parts.join(', ')}${missed.length > 0 ? '  ✗' : ''}`
}
