import { DefinitionError } from '../errors.ts'
import { type Cron, nextStart, parseCron } from './cron.ts'
import { duration, formatDuration } from './duration.ts'
import { isTimezone, momentOf } from './time-zone.ts'
import * as z from './zod.ts'

/** Time in which no step up happens: again and again, or once. */
export type Freeze =
  | {
      readonly kind: 'cron'
      /** Minute, hour, day of the month, month, day of the week: when it begins. */
      readonly cron: string
      /** Seconds that it lasts, by the clock and not by the calendar. */
      readonly duration: number
      readonly timezone: string
    }
  /** Milliseconds since the epoch; `to` is the first moment after it. */
  | { readonly kind: 'dates'; readonly from: number; readonly to: number }

/** What stands now, and when it is over as far as that can be told. */
export interface Frozen {
  readonly until: number
  readonly reason: string
}

const LONGEST = 31 * 86_400
/** Windows that follow one another without a gap are one; so many are looked through. */
const MOST_WINDOWS = 750
/** Any day will do to try a cron on. */
const TRIED_FROM = Date.UTC(2026, 0, 5)
const LEAP_YEARS = 4 * 366 * 86_400_000

const timezone = z
  .string()
  .check(
    z.maxLength(64),
    z.refine(isTimezone, { error: 'is no time zone; write it as Europe/Berlin or UTC' }),
  )

const written = z.strictObject({
  cron: z.optional(z.string().check(z.maxLength(100))),
  duration: z.optional(duration({ min: 60, max: LONGEST })),
  from: z.optional(z.string()),
  to: z.optional(z.string()),
  timezone: z._default(timezone, 'UTC'),
})

type Written = z.output<typeof written>

const freeze = z.pipe(
  written,
  z.transform((fields: Written, context): Freeze => {
    const read = fields.cron === undefined ? ofDates(fields) : ofCron(fields, fields.cron)
    if ('kind' in read) return read
    const input = read.field === undefined ? fields : fields[read.field]
    const path = read.field === undefined ? [] : [read.field]
    context.issues.push({ code: 'custom', path, input, message: read.message })
    return z.NEVER
  }),
)

/** Windows in which no step up happens. */
export const freezeSchema = z.array(freeze).check(z.maxLength(20))

interface Broken {
  readonly field?: keyof Written
  readonly message: string
}

function ofCron({ duration, from, to, timezone }: Written, cron: string): Freeze | Broken {
  if (from !== undefined || to !== undefined) {
    return { message: 'has a cron and dates; make two entries of it' }
  }
  if (duration === undefined) {
    return { message: 'has a cron, which says when it begins, and no duration; add one, as 12h' }
  }
  const freeze: Freeze = { kind: 'cron', cron, duration, timezone }
  const parsed = parseCron(cron)
  if (typeof parsed === 'string') {
    const mend = 'write minute, hour, day, month, weekday, as 0 18 * * FRI'
    return { field: 'cron', message: `"${cron}" is no cron: ${parsed}; ${mend}` }
  }
  const first = nextStart(parsed, timezone, TRIED_FROM, TRIED_FROM + LEAP_YEARS)
  if (first !== undefined && endOf([freeze], first) - first > LONGEST * 1000) {
    return {
      field: 'duration',
      message: `"${cron}" for ${formatDuration(duration)} leaves no gap, so nothing would ever be rolled out; shorten it`,
    }
  }
  return freeze
}

function ofDates({ duration, from, to, timezone }: Written): Freeze | Broken {
  if (from === undefined || to === undefined || duration !== undefined) {
    return { message: 'needs a cron and a duration, or from and to' }
  }
  const begins = moment(from, timezone)
  const ends = moment(to, timezone)
  const mend = 'is no date; write it as 2026-12-24, 2026-12-24T18:00 or 2026-12-24T18:00:00Z'
  if (begins === undefined) return { field: 'from', message: `"${from}" ${mend}` }
  if (ends === undefined) return { field: 'to', message: `"${to}" ${mend}` }
  if (ends <= begins) return { field: 'to', message: `"${to}" is not after from ("${from}")` }
  return { kind: 'dates', from: begins, to: ends }
}

/** A date in its time zone, unless it tells its own; a day alone is its midnight. */
function moment(text: string, timezone: string): number | undefined {
  const match = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d)(:\d\d)?(Z|[+-]\d\d:\d\d)?)?$/.exec(text)
  if (!match) return undefined
  const [, day = '', time = '00:00', seconds = ':00', offset] = match
  const local = `${day}T${time}${seconds}`
  const read = new Date(`${local}Z`)
  // JavaScript takes 30 February for 2 March.
  if (Number.isNaN(read.getTime()) || !read.toISOString().startsWith(local)) return undefined
  if (offset !== undefined) {
    const time = Date.parse(`${local}${offset}`)
    return Number.isNaN(time) ? undefined : time
  }
  return momentOf(read.getTime(), timezone)
}

/** Whether one of the windows covers this moment; windows that follow without a gap count as one. */
export function frozenAt(freezes: readonly Freeze[], now: number): Frozen | undefined {
  const covering = freezes.flatMap((freeze) => {
    const end = endAt(freeze, now)
    return end === undefined ? [] : [{ freeze, end }]
  })
  const [first] = covering
  if (!first) return undefined
  const until = endOf(freezes, Math.max(...covering.map(({ end }) => end)))
  const told = first.freeze.kind === 'cron' ? ` by "${first.freeze.cron}"` : ''
  return { until, reason: `frozen${told} until ${new Date(until).toISOString().slice(0, 16)}Z` }
}

/** The end of what is frozen without a gap at this moment and after it, or this moment where nothing is. */
function endOf(freezes: readonly Freeze[], from: number): number {
  let end = from
  for (let count = 0; count < MOST_WINDOWS; count++) {
    const next = Math.max(...freezes.map((freeze) => endAt(freeze, end) ?? end))
    if (next <= end || next - from > LONGEST * 1000) return Math.max(next, end)
    end = next
  }
  return end
}

/** When the window that covers this moment ends. */
function endAt(freeze: Freeze, now: number): number | undefined {
  if (freeze.kind === 'dates') return freeze.from <= now && now < freeze.to ? freeze.to : undefined
  const cron = cronOf(freeze.cron)
  const lasts = freeze.duration * 1000
  // Of windows that overlap the latest, where it began within the last minute: a dense cron is told in few steps.
  for (const back of [Math.min(60_000, lasts), lasts]) {
    const start = nextStart(cron, freeze.timezone, now - back, now)
    if (start !== undefined) return start + lasts
  }
  return undefined
}

function cronOf(text: string): Cron {
  const cron = parseCron(text)
  if (typeof cron === 'string') throw new DefinitionError(`freeze: "${text}" is no cron: ${cron}`)
  return cron
}
