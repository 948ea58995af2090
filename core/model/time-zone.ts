const formats = new Map<string, Intl.DateTimeFormat>()

/** @throws {RangeError} where there is no such time zone. */
function formatOf(timezone: string): Intl.DateTimeFormat {
  const known = formats.get(timezone)
  if (known) return known
  const fields = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    hourCycle: 'h23',
    ...Object.fromEntries(fields.map((field) => [field, 'numeric'])),
  })
  formats.set(timezone, format)
  return format
}

export function isTimezone(name: string): boolean {
  try {
    formatOf(name)
    return true
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

/** What clocks of the time zone show at this moment, as if it were UTC: milliseconds since the epoch. */
export function localOf(at: number, timezone: string): number {
  const told = new Map(
    formatOf(timezone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  )
  const field = (name: Intl.DateTimeFormatPartTypes) => told.get(name) ?? 0
  const minutes = Date.UTC(field('year'), field('month') - 1, field('day'), field('hour'))
  return minutes + field('minute') * 60_000 + field('second') * 1000
}

const DAY = 86_400_000

/**
 * When clocks of the time zone show this, given as `localOf` gives it. Of a time that comes twice the first; one that is
 * skipped in spring is as much later as clocks are put forward.
 */
export function momentOf(local: number, timezone: string): number {
  const [before, after] = [local - DAY, local + DAY].map(
    (at) => local - (localOf(at, timezone) - at),
  ) as [number, number]
  if (localOf(before, timezone) === local) return before
  return localOf(after, timezone) === local ? after : before
}
