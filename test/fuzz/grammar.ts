import type { Dice } from './dice.ts'

/** What parsers stumble over: ends of ranges, names of prototypes, broken characters, patterns, long runs. */
const TEXTS = [
  '',
  ' ',
  '0',
  '-1',
  '1e999',
  'null',
  'true',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '\u0000',
  '\ud800',
  '\u202e',
  '💥',
  'ü'.repeat(300),
  'a'.repeat(5_000),
  `${'('.repeat(400)}${'a'.repeat(400)}`,
  '{{execution}}',
  '../../etc/passwd',
  '<a b="&amp;">',
  '%00%zz',
  '10m',
  '1h 30m',
  '99999999999999999999s',
  '0.1%',
  '* * * * *',
  '*/0 0-99 L W #',
  'Europe/Berlin',
  'Mars/Olympus',
  '2026-03-29T02:30:00Z',
  '9999-99-99T99:99:99Z',
  'arn:aws:ecs:us-east-1:123456789012:service/a/b',
  'arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/a/1/2/3',
  'arn:::::',
  'https://example.com:99999/{{slot}}?{{',
  'm1 / (m1 + m2) * 100',
  '((((((((((m1))))))))))',
] as const

const NUMBERS = [
  0,
  -0,
  1,
  -1,
  0.1,
  99.95,
  100,
  100.1,
  255,
  256,
  1_000,
  2 ** 31,
  2 ** 53,
  -(2 ** 53) - 1,
  1e21,
  1e308,
  5e-324,
] as const

const DEEPEST = 60

/** Any JSON value; mostly small, now and then deep or wide. */
export function anyValue(dice: Dice, words: readonly string[], depth = 0): unknown {
  const kind = dice.below(depth > 4 ? 5 : 8)
  if (kind === 0) return null
  if (kind === 1) return dice.oneIn(2)
  if (kind === 2) return dice.pick(NUMBERS)
  if (kind === 3) return dice.below(2_000_000) - 1_000_000
  if (kind === 4) return anyText(dice, words)
  if (kind === 5) {
    return Array.from({ length: dice.below(5) }, () => anyValue(dice, words, depth + 1))
  }
  if (kind === 6 && dice.oneIn(20)) return deep(dice)
  const entries = Array.from({ length: dice.below(6) }, () => [
    anyText(dice, words),
    anyValue(dice, words, depth + 1),
  ])
  return Object.fromEntries(entries)
}

/** A word of the matter, something that parsers stumble over, or any characters. */
export function anyText(dice: Dice, words: readonly string[]): string {
  const kind = dice.below(4)
  if (kind < 2 && words.length > 0) return dice.pick(words)
  if (kind === 2) return dice.pick(TEXTS)
  const length = dice.below(12)
  return Array.from({ length }, () =>
    String.fromCharCode(dice.below(dice.oneIn(8) ? 65_536 : 128)),
  ).join('')
}

function deep(dice: Dice): unknown {
  let value: unknown = 0
  for (let level = dice.below(DEEPEST); level > 0; level--) {
    value = dice.oneIn(2) ? [value] : { a: value }
  }
  return value
}
