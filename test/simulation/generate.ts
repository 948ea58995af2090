import { FUNCTIONS, type FunctionName } from '../../infra/function-names.ts'
import { aimed } from './aimed.ts'
import { CALLS, READS } from './calls.ts'
import { DEPLOYED } from './circumstances.ts'
import { type Dice, diceOf } from './dice.ts'
import { checksOf, definitionOf } from './generate-definition.ts'
import {
  CALL_FAULTS,
  type Deed,
  type Fault,
  type Happening,
  INVOCATION_FAULTS,
  OUTAGES,
  type Scenario,
} from './scenario.ts'
import { STRAYS } from './stray-events.ts'

/** Of a workflow or an event: what runs in a simulation. */
const FAULTY = FUNCTIONS.filter((fn) => fn !== 'define')
const EVENT_FUNCTIONS: readonly FunctionName[] = [
  'trigger',
  'retrigger',
  'signal',
  'approve',
  'guard',
]

/** The scenario of a seed: always the same one. */
export function scenarioOf(seed: number): Scenario {
  const dice = diceOf(seed)
  const router = dice.pick(['alb', 'alb', 'listener', 'route53'] as const)
  const { definition, seconds } = definitionOf(dice, router)
  const tasks = dice.int(1, 3)
  // A third goes undisturbed by faults, a third by people.
  const happenings = happeningsOf(dice, seconds, checksOf(definition))
  const faults = dice.chance(0.3) ? [] : faultsOf(dice)
  const usual: Scenario = {
    seed,
    router,
    tasks,
    definition,
    latency: dice.pick([2, 20, 200]),
    skew: dice.chance(0.4) ? skewOf(dice) : {},
    autoscaling: dice.chance(0.25),
    // Longer than any shift waits for it, now and then.
    inSyncAfter: dice.chance(0.03) ? 1_200_000 : dice.pick([0, 5_000, 40_000]),
    ...(router === 'route53' && dice.chance(0.15) ? { requestsPerSecond: 1 } : {}),
    ...(dice.chance(0.06) ? { executionTimeout: dice.int(10, 240) } : {}),
    happenings,
    faults,
  }
  // Every other one: chance finds what nobody thought of, and not each of a hundred calls.
  return seed % 2 === 0 ? aimed(usual, dice, seed / 2) : usual
}

/** Definitions that nobody can read. */
export const BROKEN: readonly Scenario['definition'][] = [
  { plan: [] },
  { plan: [{ weight: 40, bake: '20s' }] },
  { interval: 'soon' },
  { checks: [{ type: 'horoscope' }] },
  { router: { type: 'carrier-pigeon' } },
]

const SIGNALS = [
  ...['abort', 'approve', 'approve', 'approve', 'reject', 'pause', 'pause', 'resume'],
  ...['promote', 'promote', 'promote-full'],
]

function skewOf(dice: Dice): Scenario['skew'] {
  return Object.fromEntries(FUNCTIONS.map((fn) => [fn, dice.int(-1_000, 1_000)]))
}

function happeningsOf(dice: Dice, seconds: number, checks: readonly string[]): Happening[] {
  const count = dice.chance(0.3) ? 0 : dice.int(1, 4)
  const others = Array.from({ length: count }, (_, index): Happening => {
    const deed = deedOf(dice, checks)
    return { id: `h${index + 1}`, at: Math.round(dice.float() * (seconds + 60) * 10) / 10, ...deed }
  })
  return [DEPLOYED, ...others]
}

function deedOf(dice: Dice, checks: readonly string[]): Deed {
  const kind = dice.pick([
    'deploy',
    'deploy',
    'ill',
    'ill',
    'errors',
    'crash',
    'alarm',
    'signal',
    'signal',
    'signal',
    'stop',
    'stop',
    'retrigger',
    'retrigger',
    'define',
    'edit-weights',
    'scale',
    'start-again',
    'event',
    'event',
    'line',
    'outage',
    'outage',
  ] as const)
  switch (kind) {
    case 'deploy':
      return { kind, revision: dice.pick([1, 2, 3, 3, 4]) }
    case 'ill':
      return { kind, seconds: dice.int(5, 200) }
    case 'errors':
      return { kind, percent: dice.pick([20, 60, 100]), seconds: dice.int(20, 200) }
    case 'alarm':
      return checks.includes('alarms')
        ? { kind, seconds: dice.int(10, 120) }
        : { kind: 'ill', seconds: dice.int(5, 60) }
    case 'signal':
      return {
        kind,
        signal: dice.pick(SIGNALS),
        twice: dice.chance(0.3),
      }
    case 'define':
      return {
        kind,
        changes: dice.chance(0.25) ? dice.pick(BROKEN) : definitionOf(dice, 'alb').definition,
      }
    case 'event':
      return { kind, stray: dice.pick(STRAYS), share: dice.float() }
    case 'edit-weights': {
      const blue = dice.int(0, 10)
      return { kind, blue, green: blue === 0 ? 1 : dice.int(0, 10) }
    }
    case 'line':
      return { kind, seconds: dice.int(10, 120) }
    case 'scale':
      return { kind, count: dice.int(0, 3) }
    case 'outage':
      return {
        kind,
        seconds: dice.chance(0.05) ? dice.int(3_600, 14_400) : dice.int(20, 900),
        service: dice.pick(OUTAGES),
      }
    default:
      return { kind }
  }
}

const AFTERWARDS = ['answer-lost', 'killed-after', 'late'] as const

function faultsOf(dice: Dice): Fault[] {
  return Array.from({ length: dice.int(1, 10) }, (_, index): Fault => {
    const id = `f${index + 1}`
    if (dice.chance(0.35)) {
      const kind = dice.pick(INVOCATION_FAULTS)
      const ofEvents = kind === 'twice' || kind === 'delayed'
      const fn = kind === 'lost' ? 'guard' : dice.pick(ofEvents ? EVENT_FUNCTIONS : FAULTY)
      return {
        id,
        at: 'invocation',
        fn,
        nth: early(dice, 6),
        times: dice.pick([1, 1, 2]),
        kind,
        seconds: dice.int(1, 25),
      }
    }
    const fn = dice.pick(FAULTY)
    // What has an effect is rarer than what only reads, and worth as many faults.
    const all = CALLS[fn] ?? []
    const writes = all.filter((operation) => !READS.test(operation))
    const operations = dice.chance(0.6) ? writes : all
    const aimed = operations.length > 0 && dice.chance(0.7)
    return {
      id,
      at: 'call',
      fn,
      ...(aimed ? { operation: dice.pick(operations) } : {}),
      nth: aimed ? early(dice, 5) : early(dice, 25),
      times: dice.pick([1, 1, 1, 3, 4, 12]),
      kind: dice.chance(0.25) ? dice.pick(AFTERWARDS) : dice.pick(CALL_FAULTS),
    }
  })
}

/** Small numbers more often: every function has a first call, few have a twentieth. */
function early(dice: Dice, most: number): number {
  return 1 + Math.floor(dice.float() ** 2 * most)
}
