import { localOf, momentOf } from './time-zone.ts'

/** A cron of five parts, as the values that each part allows. */
export interface Cron {
  readonly minutes: readonly number[]
  readonly hours: readonly number[]
  readonly days: readonly number[]
  readonly months: readonly number[]
  /** 0 is Sunday. */
  readonly weekdays: readonly number[]
  /** Where both a day and a weekday are told, either will do, as cron has it from of old. */
  readonly either: boolean
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']
const LONGEST_MONTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
const DAY = 86_400_000
/** Clocks are never put back by more. */
const PUT_BACK = 3 * 3_600_000

const PARTS = [
  { name: 'minute', from: 0, to: 59, names: [] },
  { name: 'hour', from: 0, to: 23, names: [] },
  { name: 'day', from: 1, to: 31, names: [] },
  { name: 'month', from: 1, to: 12, names: ['', ...MONTHS] },
  { name: 'weekday', from: 0, to: 7, names: WEEKDAYS },
] as const

/** Reads a cron; a text says what is wrong with it. */
export function parseCron(text: string): Cron | string {
  const parts = text.trim().split(/\s+/)
  if (parts.length !== PARTS.length) return `it has ${parts.length} parts and not 5`
  const values: number[][] = []
  for (const [index, part] of PARTS.entries()) {
    const allowed = valuesOf(parts[index] ?? '', part)
    if (!allowed) {
      return `"${parts[index]}" is no ${part.name}, which is from ${part.from} to ${part.to}`
    }
    values.push(allowed)
  }
  const [minutes = [], hours = [], days = [], months = [], seventh = []] = values
  const weekdays = seventh.map((day) => day % 7)
  const either = parts[2] !== '*' && parts[4] !== '*'
  const everyDay = (month: number) => days.some((day) => day <= (LONGEST_MONTHS[month - 1] ?? 0))
  if (!either && !months.some(everyDay)) return 'there is no such day'
  return { minutes, hours, days, months, weekdays, either }
}

/** Of `*`, `5`, `1-5`, `MON-FRI`, each with a step as in `0-30/10`, and lists of these. */
function valuesOf(text: string, part: (typeof PARTS)[number]): number[] | undefined {
  const values = new Set<number>()
  for (const item of text.split(',')) {
    const match = /^(?:(\*)|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(item)
    if (!match) return undefined
    const [, all, first = '', last, step] = match
    const from = all ? part.from : numberOf(first, part)
    const to = all ? part.to : last === undefined ? from : numberOf(last, part)
    const by = Number(step ?? 1)
    const alone = !all && last === undefined
    if (from === undefined || to === undefined || from > to || by < 1) return undefined
    if (alone && step !== undefined) return undefined
    for (let value = from; value <= to; value += by) values.add(value)
  }
  return [...values].sort((a, b) => a - b)
}

function numberOf(text: string, { from, to, names }: (typeof PARTS)[number]): number | undefined {
  const named = names.findIndex((name) => name !== '' && name === text.toUpperCase())
  const value = named >= 0 ? named : /^\d+$/.test(text) ? Number(text) : Number.NaN
  return value >= from && value <= to ? value : undefined
}

/** The first moment after one, and not after another, at which the cron begins anew; all in milliseconds. */
export function nextStart(
  cron: Cron,
  timezone: string,
  after: number,
  notAfter: number,
): number | undefined {
  const from = localOf(after, timezone)
  const last = localOf(notAfter, timezone) + PUT_BACK
  const steady = localOf(after - PUT_BACK, timezone) === from - PUT_BACK
  const earliest = steady ? from : from - PUT_BACK
  for (let day = Math.floor(earliest / DAY) * DAY; day <= last; day += DAY) {
    if (!isDay(cron, new Date(day))) continue
    for (const hour of cron.hours) {
      for (const minute of cron.minutes) {
        const local = day + (hour * 60 + minute) * 60_000
        if (local < earliest) continue
        if (local > last) return undefined
        const at = momentOf(local, timezone)
        if (at > after && at <= notAfter) return at
      }
    }
  }
  return undefined
}

function isDay({ days, months, weekdays, either }: Cron, date: Date): boolean {
  if (!months.includes(date.getUTCMonth() + 1)) return false
  const day = days.includes(date.getUTCDate())
  const weekday = weekdays.includes(date.getUTCDay())
  return either ? day || weekday : day && weekday
}
