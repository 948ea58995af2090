import { duration, formatDuration } from './duration.ts'
import { parsedBy } from './parsed-by.ts'
import { type Plan, PRESETS, presetBake, presetStep } from './plan.ts'
import { STRATEGY_NAMES, type StrategyName } from './strategy-names.ts'
import * as z from './zod.ts'

export { STRATEGY_NAMES, type StrategyName } from './strategy-names.ts'

/** What a strategy stands for: the parts of a definition that it fills in, durations in seconds. */
export interface StrategyParts {
  readonly plan: Plan
  readonly testWindow?: number
  readonly scaleDown?: { readonly after: number; readonly to: number }
}

/** How long a candidate that is ready stands without traffic. */
export const testWindow = duration({ max: 7 * 86_400 })

const quickSync = z.strictObject({
  type: z.literal('quick-sync'),
  /** How long it is watched with all of the traffic before it is promoted. */
  bake: z.prefault(presetBake, '5m'),
})

const blueGreen = z.strictObject({
  type: z.literal('blue-green'),
  /** How long it stands ready without traffic, to be tested. */
  testWindow: z.prefault(testWindow, '5m'),
  bake: z.prefault(presetBake, '15m'),
  /** How long the old slot keeps its tasks after the promotion. */
  keepWarm: z.prefault(duration({ min: 1, max: 7 * 86_400 }), '1h'),
})

const canary = z.strictObject({
  type: z.literal('canary'),
  /** The share of the first step, in percent. */
  step: z._default(presetStep, 10),
  bake: z.prefault(presetBake, '10m'),
})

const linear = z.strictObject({
  type: z.literal('linear'),
  /** How many percent more each step has. */
  step: z._default(presetStep, 10),
  bake: z.prefault(presetBake, '5m'),
})

const withNumbers = z.discriminatedUnion('type', [quickSync, blueGreen, canary, linear])

type Strategy = z.output<typeof withNumbers>

function partsOf(strategy: Strategy): StrategyParts {
  switch (strategy.type) {
    case 'quick-sync':
      return { plan: PRESETS['all-at-once'](100, strategy.bake) }
    case 'blue-green':
      return {
        plan: PRESETS['all-at-once'](100, strategy.bake),
        testWindow: strategy.testWindow,
        scaleDown: { after: strategy.keepWarm, to: 0 },
      }
    case 'canary':
    case 'linear':
      return { plan: PRESETS[strategy.type](strategy.step, strategy.bake) }
  }
}

/** What a strategy may be written as; for editors, which `strategySchema` tells nothing. */
export const strategyWritten = z.union([z.enum(STRATEGY_NAMES), ...withNumbers.def.options])

const named = z.pipe(
  z.string(),
  z.transform((name, context): Strategy => {
    const parsed = withNumbers.safeParse({ type: name })
    if (parsed.success) return parsed.data
    context.issues.push({
      code: 'custom',
      input: name,
      message: `"${name}" is no known strategy; use one of ${STRATEGY_NAMES.join(', ')}`,
    })
    return z.NEVER
  }),
)

/** A strategy as a person writes it: its name, or an object with its `type` and numbers. Parsed to what it fills in. */
export const strategySchema: z.ZodMiniType<StrategyParts, unknown> = z.pipe(
  parsedBy<Strategy>((value) => (typeof value === 'string' ? named : withNumbers)),
  z.transform(partsOf),
)

/** A strategy as `sluice strategies` and the guide list it. */
export interface ListedStrategy {
  readonly name: StrategyName
  readonly what: string
  /** Its numbers, as a definition writes them, with their defaults. */
  readonly numbers: Readonly<Record<string, number | string>>
  /** What it fills in of a definition, with these numbers. */
  readonly parts: StrategyParts
}

const WHAT: Readonly<Record<StrategyName, string>> = {
  'quick-sync': 'all of the traffic as soon as the candidate is ready, and watched there',
  'blue-green':
    'a time to test it without traffic, then all of the traffic at once; the old slot stays warm for a while, and is then scaled down',
  canary: 'a small share first, then all of the traffic',
  linear: 'equal steps up to all of the traffic',
}

/** Every strategy with its defaults. */
export const STRATEGIES: readonly ListedStrategy[] = STRATEGY_NAMES.map((name) => {
  const { type: _, ...numbers } = withNumbers.parse({ type: name })
  return {
    name,
    what: WHAT[name],
    numbers: Object.fromEntries(
      Object.entries(numbers).map(([key, value]) => [
        key,
        // All but a share of the traffic are times.
        key === 'step' ? value : formatDuration(value),
      ]),
    ),
    parts: strategySchema.parse(name),
  }
})
