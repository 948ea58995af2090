import { Cron as Croner } from 'croner'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nextStart, parseCron } from '../../../core/model/cron.ts'
import { freezeSchema, frozenAt } from '../../../core/model/freeze.ts'

const parsed = (...windows: Record<string, string>[]) => freezeSchema.parse(windows)
const at = (text: string) => Date.parse(text)

function told(window: Record<string, string>): string {
  const { error } = freezeSchema.safeParse([window], { reportInput: true })
  const [issue] = error?.issues ?? []
  return issue ? `${issue.path.join('.')}: ${issue.message}` : 'sound'
}

describe('a freeze', () => {
  const weekend = parsed({ cron: '0 16 * * FRI', duration: '2d16h', timezone: 'Europe/Berlin' })

  it.each([
    ['2026-11-20T14:59:59Z', undefined],
    ['2026-11-20T15:00:00Z', '2026-11-23T07:00:00Z'],
    ['2026-11-23T06:59:59Z', '2026-11-23T07:00:00Z'],
    ['2026-11-23T07:00:00Z', undefined],
    // Summer time: an hour earlier by UTC.
    ['2026-07-17T14:00:00Z', '2026-07-20T06:00:00Z'],
  ])('that begins on Fridays at four in Berlin lasts at %s until %s', (now, until) => {
    expect(frozenAt(weekend, at(now))?.until).toBe(until === undefined ? until : at(until))
  })

  it('between dates begins with the first and is over with the last', () => {
    const window = { from: '2026-12-23', to: '2027-01-02T08:00', timezone: 'America/New_York' }
    const dates = parsed(window)
    expect(frozenAt(dates, at('2026-12-23T04:59:59Z'))).toBeUndefined()
    expect(frozenAt(dates, at('2026-12-23T05:00:00Z'))?.until).toBe(at('2027-01-02T13:00:00Z'))
    expect(frozenAt(dates, at('2027-01-02T13:00:00Z'))).toBeUndefined()
  })

  it('says what froze and until when', () => {
    expect(frozenAt(weekend, at('2026-11-21T00:00:00Z'))?.reason).toBe(
      'frozen by "0 16 * * FRI" until 2026-11-23T07:00Z',
    )
  })

  it('goes on where another one begins before it is over', () => {
    const nights = { cron: '0 18 * * *', duration: '14h' }
    const both = parsed(nights, { from: '2026-11-21T07:00', to: '2026-11-21T19:00' })
    expect(frozenAt(both, at('2026-11-20T20:00:00Z'))?.until).toBe(at('2026-11-22T08:00:00Z'))
  })
})

describe('a freeze is refused', () => {
  const daily = { cron: '0 0 * * *', duration: '1h' }
  it.each<[string, Record<string, string>, string]>([
    ['without anything', {}, '0: needs a cron and a duration, or from and to'],
    ['without a duration', { cron: '0 0 * * *' }, '0: has a cron, which says when it begins'],
    ['that is both', { ...daily, from: '2026-01-01' }, '0: has a cron and dates; make two'],
    [
      'at 25 h',
      { ...daily, cron: '0 25 * * *' },
      '0.cron: "0 25 * * *" is no cron: "25" is no hour',
    ],
    [
      'with seconds',
      { ...daily, cron: '0 0 0 * * *' },
      '0.cron: "0 0 0 * * *" is no cron: it has 6',
    ],
    [
      'on 30 February',
      { ...daily, cron: '0 0 30 2 *' },
      '0.cron: "0 0 30 2 *" is no cron: there is',
    ],
    ['without a gap', { ...daily, duration: '1d' }, '0.duration: "0 0 * * *" for 1d leaves no gap'],
    [
      'without a gap by many windows',
      { cron: '* * * * *', duration: '1h' },
      '0.duration: "* * * * *" for 1h leaves no gap',
    ],
    ['nowhere', { ...daily, timezone: 'Mars' }, '0.timezone: is no time zone; write it as'],
    ['on a date that is none', { from: '2026-02-30', to: '2026-03-01' }, '0.from: "2026-02-30" is'],
    [
      'that ends before it begins',
      { from: '2026-02-02', to: '2026-02-01' },
      '0.to: "2026-02-01" is not after',
    ],
    ['of no time at all', { ...daily, duration: '1x' }, '0.duration: "1x" is not a duration'],
  ])('%s', (_, window, message) => {
    expect(told(window)).toContain(message)
  })
})

describe('a cron', () => {
  it.each([
    ['5 4 * *', 'it has 4 parts and not 5'],
    ['60 4 * * *', '"60" is no minute, which is from 0 to 59'],
    ['5-1 4 * * *', '"5-1" is no minute'],
    ['*/0 4 * * *', '"*/0" is no minute'],
    ['5/10 4 * * *', '"5/10" is no minute'],
    ['5 4 0 * *', '"0" is no day'],
    ['5 4 * FOO *', '"FOO" is no month'],
    ['5 4 * * 8', '"8" is no weekday'],
    ['5 4 31 FEB,APR *', 'there is no such day'],
  ])('"%s" is refused: %s', (text, message) => {
    expect(parseCron(text)).toContain(message)
  })

  const range = (from: number, to: number) =>
    fc.oneof(
      fc.constant('*'),
      fc.integer({ min: from, max: to }).map(String),
      fc
        .tuple(fc.integer({ min: from, max: to }), fc.integer({ min: from, max: to }))
        .map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
      fc.integer({ min: 2, max: 6 }).map((step) => `*/${step}`),
    )
  const crons = fc
    .tuple(range(0, 59), range(0, 23), range(1, 28), range(1, 12), range(0, 6))
    .map((parts) => parts.join(' '))
  // Without their hours of changing clocks, in which libraries differ.
  const zones = fc.constantFrom('UTC', 'Asia/Kolkata', 'America/Phoenix', 'Pacific/Kiritimati')
  const moments = fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2030-01-01T00:00:00Z') })

  it('begins when a library says so', () => {
    fc.assert(
      fc.property(crons, zones, moments, (text, timezone, after) => {
        const cron = parseCron(text)
        if (typeof cron === 'string') throw new Error(cron)
        const year = 366 * 86_400_000
        const theirs = new Croner(text, { timezone, mode: '5-part' }).nextRun(new Date(after))
        expect(nextStart(cron, timezone, after, after + 5 * year)).toBe(theirs?.getTime())
      }),
    )
  })

  it.each([
    ['30 2 * * *', '2026-03-29T00:00:00Z', '2026-03-29T01:30:00Z', 'is as much later when skipped'],
    ['30 2 * * *', '2026-10-24T22:00:00Z', '2026-10-25T00:30:00Z', 'comes the first of two times'],
    ['30 2 * * *', '2026-10-25T00:30:00Z', '2026-10-26T01:30:00Z', 'comes once only'],
    ['0 12 * * *', '2026-03-28T12:00:00Z', '2026-03-29T10:00:00Z', 'keeps its hour'],
  ])('"%s" in Berlin after %s: %s, it %s', (text, after, next) => {
    const cron = parseCron(text)
    if (typeof cron === 'string') throw new Error(cron)
    const day = 86_400_000
    const found = nextStart(cron, 'Europe/Berlin', at(after), at(after) + 2 * day)
    expect(found).toBe(at(next))
  })
})
