import type { RouterType } from '../fixtures/in-process/environment.ts'
import { BEGINNING } from './clock.ts'
import type { Dice } from './dice.ts'

const ARN = 'arn:aws:lambda:us-east-1:123456789012:function'
/** What a canary's team has beside it; the stage answers for them. */
export const TEAM_FUNCTIONS = { gate: `${ARN}:gate`, opinion: `${ARN}:opinion` }
export const ALARM = 'shop-alarm'

export const checksOf = (definition: Readonly<Record<string, unknown>>): string[] =>
  (definition.checks as readonly { readonly type: string }[]).map(({ type }) => type)

/** What a seed makes of a definition, and about how long its rollout takes. */
export function definitionOf(dice: Dice, router: RouterType) {
  const plan = planOf(dice)
  const interval = dice.pick([15, 20, 30])
  const hooks = dice.chance(0.2) ? hooksOf(dice) : undefined
  const definition: Record<string, unknown> = {
    plan: plan.map(({ weight, bake }) => ({
      weight,
      bake: `${bake}s`,
      ...(dice.chance(0.1) ? { approval: true } : {}),
    })),
    approval: {
      beforePromote: dice.chance(0.1),
      timeout: dice.pick(['1m', '3m']),
      onTimeout: dice.pick(['fail-back', 'approve']),
    },
    testWindow: dice.pick(['0s', '0s', '0s', '20s']),
    ...(dice.chance(0.25) ? { scaleDown: { after: '40s', to: dice.int(0, 1) } } : {}),
    ...(dice.chance(0.15) ? { freeze: [freezeOf(dice)] } : {}),
    checks: checks(dice),
    interval: `${interval}s`,
    maxExtension: dice.pick(['0s', '30s', '90s']),
    onInconclusive: dice.pick(['fail-back', 'hold', 'hold', 'pass']),
    holdTimeout: dice.pick(['2m', '10m']),
    maxErrors: dice.pick([0, 2, 5]),
    ready: { timeout: dice.pick(['2m', '5m']) },
    capacity: { policy: dice.pick(['wait', 'scale', 'off']), deadline: '2m' },
    onNewRevision: dice.pick(['supersede', 'queue', 'reject']),
    ...(hooks ? { hooks } : {}),
  }
  const perStep = router === 'route53' ? 40 : 5
  const seconds = 15 + plan.reduce((sum, { bake }) => sum + bake + perStep, 0)
  return { definition, seconds }
}

/** A while soon after the beginning. */
function freezeOf(dice: Dice): object {
  const from = BEGINNING + dice.int(0, 90) * 1_000
  const text = (at: number) => new Date(at).toISOString().slice(0, 19)
  return { from: text(from), to: text(from + dice.int(20, 120) * 1_000), timezone: 'UTC' }
}

function planOf(dice: Dice) {
  const bake = () => dice.pick([20, 30, 45])
  const weights = dice.pick([[100], [10, 100], [50, 100], [10, 50, 100], [0.5, 25, 75, 100]])
  return weights.map((weight) => ({ weight, bake: bake() }))
}

const BOTH_SLOTS = { Slot: '$' + '{slot}' }
const ERRORS = { namespace: 'Shop', metric: 'Errors', dimensions: BOTH_SLOTS }
const REQUESTS = { namespace: 'Shop', metric: 'Requests', dimensions: BOTH_SLOTS }

const CHECKS: readonly Readonly<Record<string, unknown>>[] = [
  { type: 'ecs' },
  { type: 'targets' },
  { type: 'http', name: 'front', url: 'http://front.example.com/', samples: 2 },
  { type: 'alarms', alarms: [ALARM] },
  {
    type: 'metric',
    name: 'errors',
    source: ERRORS,
    per: REQUESTS,
    above: 0.05,
    period: '10s',
    window: '20s',
  },
  { type: 'compare', bad: ERRORS, total: REQUESTS, period: '10s', delay: '0s' },
  { type: 'custom', name: 'opinion', function: TEAM_FUNCTIONS.opinion, timeout: '2s' },
]

export function checkNamed(type: string): object {
  const found = CHECKS.find((check) => check.type === type)
  if (!found) throw new RangeError(`no check of type ${type}`)
  return found
}

function checks(dice: Dice): object[] {
  if (dice.chance(0.5)) return CHECKS.slice(0, 2)
  const some = CHECKS.filter(() => dice.chance(0.35))
  return some.length > 0 ? some : [checkNamed('targets')]
}

const HOOKED = ['beforeTraffic', 'afterStep', 'beforePromote', 'afterFailBack']

function hooksOf(dice: Dice): object {
  return hooksAt(
    HOOKED.filter(() => dice.chance(0.4)),
    dice,
  )
}

export function hooksAt(points: readonly string[], dice: Dice): object {
  const hook = {
    name: 'gate',
    function: TEAM_FUNCTIONS.gate,
    timeout: '2s',
    deadline: '1m',
    onFailure: dice.pick(['fail-back', 'continue']),
  }
  return Object.fromEntries(points.map((point) => [point, [hook]]))
}
