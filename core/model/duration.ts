import * as z from './zod.ts'

const UNITS = { d: 86_400, h: 3_600, m: 60, s: 1 } as const
const PATTERN = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/

/** Seconds of a duration such as `30s`, `5m` or `1h30m`; `undefined` where the text is none. */
export function parseDuration(text: string): number | undefined {
  const match = PATTERN.exec(text)
  if (!match || text === '') return undefined
  const [, d = '0', h = '0', m = '0', s = '0'] = match
  return Number(d) * UNITS.d + Number(h) * UNITS.h + Number(m) * UNITS.m + Number(s) * UNITS.s
}

/** `5400` → `1h30m`: the shortest spelling that `parseDuration` reads back. */
export function formatDuration(seconds: number): string {
  let rest = Math.round(seconds)
  if (rest <= 0) return '0s'
  let text = ''
  for (const [unit, size] of Object.entries(UNITS)) {
    const count = Math.floor(rest / size)
    if (count > 0) text += `${count}${unit}`
    rest -= count * size
  }
  return text
}

/** What a text of a definition has to be, where its schema alone does not tell editors. */
export type TextOf =
  | { readonly kind: 'duration'; readonly min: number; readonly max: number | undefined }
  | { readonly kind: 'latency' }

/** By the schema that reads the text. */
const TEXTS = new WeakMap<object, TextOf>()

export function textOf(schema: object): TextOf | undefined {
  return TEXTS.get(schema)
}

function known<Schema extends object>(schema: Schema, text: TextOf): Schema {
  TEXTS.set(schema, text)
  return schema
}

/** A duration in a definition: text in, whole seconds out, within bounds. */
export function duration(bounds: { readonly min?: number; readonly max?: number } = {}) {
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = bounds
  const schema = z.pipe(
    z.string(),
    z.transform((text, context) => {
      const seconds = parseDuration(text)
      if (seconds === undefined) {
        context.issues.push({
          code: 'custom',
          input: text,
          message: `"${text}" is not a duration; write it as 30s, 5m or 1h30m`,
        })
        return z.NEVER
      }
      if (seconds < min || seconds > max) {
        const range =
          max === Number.MAX_SAFE_INTEGER
            ? `at least ${formatDuration(min)}`
            : `from ${formatDuration(min)} to ${formatDuration(max)}`
        context.issues.push({
          code: 'custom',
          input: text,
          message: `"${text}" is out of range; use ${range}`,
        })
        return z.NEVER
      }
      return seconds
    }),
  )
  return known(schema, { kind: 'duration', min, max: bounds.max })
}

/** Seconds of a latency such as `300ms` or `1.5s`; `undefined` where the text is none. */
export function parseLatency(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s)$/.exec(text)
  if (!match) return undefined
  return match[2] === 'ms' ? Number(match[1]) / 1000 : Number(match[1])
}

/** A latency in a definition: text in, seconds out, from 1 ms to 60 s. */
export function latency() {
  const schema = z.pipe(
    z.string(),
    z.transform((text, context) => {
      const seconds = parseLatency(text)
      if (seconds !== undefined && seconds >= 0.001 && seconds <= 60) return seconds
      context.issues.push({
        code: 'custom',
        input: text,
        message: `"${text}" is no latency from 1ms to 60s; write it as 300ms or 1.5s`,
      })
      return z.NEVER
    }),
  )
  return known(schema, { kind: 'latency' })
}
