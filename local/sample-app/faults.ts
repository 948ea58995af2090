/** What is wrong with a version, on purpose. */
export type Fault =
  | { readonly kind: 'errors'; readonly share: number }
  /** `share` of the answers take `times` as long, or `plus` milliseconds longer. */
  | {
      readonly kind: 'latency'
      readonly times: number
      readonly plus: number
      readonly share: number
    }
  /** Bytes that each request leaves behind. */
  | { readonly kind: 'leak'; readonly bytes: number }
  /** Milliseconds until the process dies. */
  | { readonly kind: 'crash-after'; readonly after: number }
  | { readonly kind: 'unhealthy' }

type Kind = Fault['kind']

interface Grammar {
  /** As the help tells it. */
  readonly examples: readonly (readonly [text: string, meaning: string])[]
  readonly repeatable: boolean
  /** The fault; undefined where the value is none. */
  parse(value: string | undefined): Fault | undefined
}

/** In bytes, so small that a slow leak can be shown too. */
const LEAK = 64 * 1024
const MOST_LEAKED = 16 * 1024 * 1024
const UNITS = { ms: 1, s: 1_000, m: 60_000 } as const
const SIZES = { B: 1, kB: 1024, MB: 1024 * 1024 } as const

export const GRAMMAR: Readonly<Record<Kind, Grammar>> = {
  errors: {
    examples: [['errors=0.5%', 'answer 0.5 % of the requests with 500']],
    repeatable: false,
    parse(value) {
      const share = shareOf(/^(.+)%$/.exec(value ?? '')?.[1])
      return share === undefined ? undefined : { kind: 'errors', share }
    },
  },
  latency: {
    examples: [
      ['latency=+80ms', 'answer 80 ms later'],
      ['latency=x2@p10', 'take twice as long for 10 % of the requests'],
    ],
    repeatable: true,
    parse(value) {
      const [, how = '', percent] = /^([^@]+)(?:@p(.+))?$/.exec(value ?? '') ?? []
      const share = percent === undefined ? 1 : shareOf(percent)
      const plus = how.startsWith('+') ? duration(how.slice(1)) : 0
      const times = how.startsWith('x') ? decimal(how.slice(1)) : 1
      if (share === undefined || plus === undefined || times === undefined) return undefined
      // Slower is what a fault is for.
      if (times < 1 || (times === 1 && plus === 0)) return undefined
      return { kind: 'latency', times, plus, share }
    },
  },
  leak: {
    examples: [
      ['leak', 'keep 64 kB of memory for each request, until there is none left'],
      ['leak=8kB', 'the same, 8 kB at a time'],
    ],
    repeatable: false,
    parse(value) {
      const bytes = value === undefined ? LEAK : size(value)
      return bytes === undefined || bytes === 0 || bytes > MOST_LEAKED
        ? undefined
        : { kind: 'leak', bytes }
    },
  },
  'crash-after': {
    examples: [['crash-after=20s', 'die with exit code 1 after 20 s']],
    repeatable: false,
    parse(value) {
      const after = duration(value ?? '')
      return after === undefined ? undefined : { kind: 'crash-after', after }
    },
  },
  unhealthy: {
    examples: [['unhealthy', 'fail the health check; everything else works']],
    repeatable: false,
    parse: (value) => (value === undefined ? { kind: 'unhealthy' } : undefined),
  },
}

/**
 * Reads a list such as `errors=0.5%,latency=+80ms`; commas and spaces both part. Empty for none.
 * @throws {RangeError} naming the part that is wrong and what would be right.
 */
export function parseFaults(text: string): Fault[] {
  const faults = text
    .split(/[\s,]+/)
    .filter((part) => part !== '')
    .map(parseFault)
  const seen = new Set<Kind>()
  for (const { kind } of faults) {
    if (seen.has(kind) && !GRAMMAR[kind].repeatable) {
      throw new RangeError(`FAULTS=${JSON.stringify(text)}: ${kind} is given twice; give it once`)
    }
    seen.add(kind)
  }
  return faults
}

function parseFault(part: string): Fault {
  const [, name = '', value] = /^([^=]*)(?:=(.*))?$/.exec(part) ?? []
  if (!Object.hasOwn(GRAMMAR, name)) {
    const known = Object.keys(GRAMMAR).join(', ')
    throw new RangeError(`FAULTS has ${JSON.stringify(part)}: use ${known}`)
  }
  const { parse, examples } = GRAMMAR[name as Kind]
  const fault = parse(value)
  if (fault) return fault
  const use = examples.map(([text]) => text).join(' or ')
  throw new RangeError(`FAULTS has ${JSON.stringify(part)}: use ${use}`)
}

/** `12.5` percent as 0.125. */
function shareOf(percent: string | undefined): number | undefined {
  const number = decimal(percent ?? '')
  return number === undefined || number > 100 ? undefined : number / 100
}

function duration(text: string): number | undefined {
  const [, number = '', unit = ''] = /^([\d.]+)(ms|s|m)$/.exec(text) ?? []
  const value = decimal(number)
  return value === undefined ? undefined : value * UNITS[unit as keyof typeof UNITS]
}

function size(text: string): number | undefined {
  const [, number = '', unit = ''] = /^([\d.]+)(B|kB|MB)$/.exec(text) ?? []
  const value = decimal(number)
  return value === undefined ? undefined : Math.round(value * SIZES[unit as keyof typeof SIZES])
}

function decimal(text: string): number | undefined {
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined
}
