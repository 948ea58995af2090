import { columns } from './verdicts/report.ts'

/** One number of a benchmark. */
export interface Line {
  readonly what: string
  readonly measured: number
  readonly unit: string
  /** What it must not exceed; a line without any bound is for comparison. */
  readonly atMost?: number
  /** What it must reach. */
  readonly atLeast?: number
  /** What else to know of it. */
  readonly beside?: string
}

export interface Measurement {
  readonly name: string
  readonly lines: readonly Line[]
}

/** What is no number keeps no bound. */
export function isKept({ measured, atMost, atLeast }: Line): boolean {
  return (
    (atMost === undefined || measured <= atMost) && (atLeast === undefined || measured >= atLeast)
  )
}

export function missedIn(measurements: readonly Measurement[]): readonly Line[] {
  return measurements.flatMap(({ lines }) => lines).filter((line) => !isKept(line))
}

/** All measurements as one table. */
export function tableOf(measurements: readonly Measurement[]): string {
  const rows = measurements.flatMap(({ name, lines }) =>
    lines.map((line, index) => [
      index === 0 ? name : '',
      line.what,
      inUnit(line.measured, line),
      boundOf(line),
      line.beside ?? '',
    ]),
  )
  return columns([['benchmark', 'what', 'measured', 'bound', ''], ...rows])
}

function boundOf(line: Line): string {
  const { atMost, atLeast } = line
  const bounds = [
    ...(atLeast === undefined ? [] : [`≥ ${inUnit(atLeast, line)}`]),
    ...(atMost === undefined ? [] : [`≤ ${inUnit(atMost, line)}`]),
  ]
  return bounds.join(', ') + (isKept(line) ? '' : '  ✗')
}

function inUnit(value: number, { unit }: Line): string {
  return `${readable(value)} ${unit}`.trim()
}

/** Four digits, whatever the size. */
function readable(value: number): string {
  return Number(value.toPrecision(4)).toLocaleString('en', { maximumSignificantDigits: 4 })
}

/** The value in the middle. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** The smallest value that a share of all do not exceed. @throws {RangeError} where there is none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const found = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
  if (found === undefined) throw new RangeError('a quantile of no values')
  return found
}
