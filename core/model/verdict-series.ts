import type { Verdict } from './verdict.ts'

/** By the check's name, its verdicts so far: a table of comma-separated values, oldest first. */
export type VerdictSeries = Readonly<Record<string, string>>

/** Bytes of all series together: the record has 400 KB for everything. */
const ALL_BYTES = 90_000
/** Bytes of one check's series, where there are few. */
const MOST_BYTES = 9_000

/**
 * The series with this look's verdicts: `at` in seconds since the rollout began, the verdict, and its numbers. A series that
 * is full loses every other line of its older half, so that it covers the whole rollout, the newest part closest.
 * Verdicts that were not made at this look are in it already.
 */
export function withVerdicts(
  series: VerdictSeries,
  verdicts: readonly Verdict[],
  { now, startedAt }: { readonly now: number; readonly startedAt: number },
): VerdictSeries {
  const most = Math.min(MOST_BYTES, Math.floor(ALL_BYTES / Math.max(1, verdicts.length)))
  const entries = verdicts.map((verdict) => {
    const before = series[verdict.check]
    if (verdict.at !== now) return [verdict.check, before ?? ''] as const
    const seconds = Math.round((now - startedAt) / 1000)
    return [verdict.check, withLine(before, verdict, seconds, most)] as const
  })
  return Object.fromEntries(entries.filter(([, text]) => text !== ''))
}

function withLine(
  before: string | undefined,
  { kind, numbers }: Verdict,
  seconds: number,
  most: number,
): string {
  const [header = '', ...lines] = before?.split('\n') ?? [headerOf(numbers)]
  const names = header.split(',').slice(2)
  const byColumn = new Map(Object.entries(numbers).map(([name, value]) => [column(name), value]))
  const values = names.map((name) => toldNumber(byColumn.get(name)))
  // What an `error` has no numbers for is empty; the first verdict that has some names them.
  const named = names.length > 0 ? header : headerOf(numbers)
  const line = [seconds, kind, ...(named === header ? values : toldNumbers(numbers))].join(',')
  let kept = [...lines, line]
  while (sizeOf(named, kept) > most && kept.length > 2) kept = thinned(kept)
  return [named, ...kept].join('\n')
}

function headerOf(numbers: Verdict['numbers']): string {
  return ['at', 'verdict', ...Object.keys(numbers).slice(0, MOST_NUMBERS).map(column)].join(',')
}

/** A number's name as a column's: a team's function may name its numbers as it likes, and no line may break of it. */
function column(name: string): string {
  return name.replaceAll(/[,\r\n]/g, ' ')
}

/** Of a verdict's numbers, as many as have a place in the series. */
const MOST_NUMBERS = 8

function toldNumbers(numbers: Verdict['numbers']): string[] {
  return Object.values(numbers).slice(0, MOST_NUMBERS).map(toldNumber)
}

function toldNumber(value: number | undefined): string {
  return value === undefined ? '' : String(Number(value.toPrecision(6)))
}

function sizeOf(header: string, lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + line.length + 1, header.length)
}

/** Without every other line of the older half; the first one stays. */
function thinned(lines: readonly string[]): string[] {
  const half = Math.max(2, Math.floor(lines.length / 2))
  return lines.filter((_, index) => index >= half || index % 2 === 0)
}
