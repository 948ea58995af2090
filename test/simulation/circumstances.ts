import type { Dice } from './dice.ts'
import { checkNamed, hooksAt } from './generate-definition.ts'
import type { Deed, Happening, Scenario } from './scenario.ts'

/** Makes a scenario come to something that few would come to by chance. */
export type Circumstance = (scenario: Scenario, dice: Dice) => Scenario

export const DEPLOYED: Happening = { id: 'h0', at: 2, kind: 'deploy', revision: 2 }

/** With nobody and nothing in the way of a rollout of two steps. */
export const unhindered: Circumstance = (scenario) => ({
  ...scenario,
  definition: {
    plan: [
      { weight: 10, bake: '20s' },
      { weight: 100, bake: '20s' },
    ],
    checks: [checkNamed('targets')],
    interval: '15s',
    // Nobody may be waited for until tomorrow.
    approval: { timeout: '2m', onTimeout: 'fail-back' },
    holdTimeout: '2m',
    ready: { timeout: '2m' },
    capacity: { policy: 'wait', deadline: '2m' },
  },
  happenings: [DEPLOYED],
  faults: [],
})

export const behind =
  (router: Scenario['router']): Circumstance =>
  (scenario) => ({ ...scenario, router })

export const checking =
  (...types: readonly string[]): Circumstance =>
  (scenario) =>
    defining(scenario, { checks: ['targets', ...types].map(checkNamed) })

export const hookedAt =
  (point: string): Circumstance =>
  (scenario, dice) =>
    defining(scenario, { hooks: hooksAt([point], dice) })

/** Somebody ends it, or its targets do. */
export const failing: Circumstance = (scenario, dice) =>
  dice.chance(0.5)
    ? happening(scenario, soon(scenario, dice), { kind: 'signal', signal: 'abort', twice: false })
    : happening(scenario, soon(scenario, dice), { kind: 'ill', seconds: 200 })

export const dying: Circumstance = (scenario, dice) =>
  happening(scenario, soon(scenario, dice), { kind: 'crash' })

export const stopped: Circumstance = (scenario, dice) =>
  happening(scenario, dice.int(8, 60), { kind: 'stop' })

export const superseded: Circumstance = (scenario, dice) =>
  happening(scenario, soon(scenario, dice), { kind: 'deploy', revision: 3 })

/** Again once it has failed back, or while it still runs. */
export const retriggered: Circumstance = (scenario, dice) =>
  happening(failing(scenario, dice), dice.pick([60, 200, 300]), { kind: 'retrigger' })

export const signalled: Circumstance = (scenario, dice) => {
  const signal = dice.pick(['promote', 'abort', 'pause'])
  return happening(scenario, soon(scenario, dice), {
    kind: 'signal',
    signal,
    twice: dice.chance(0.3),
  })
}

/** Signals that come before there is a bake to interrupt: the next one finds them. */
export const hasty: Circumstance = (scenario, dice) => {
  const slow: Scenario = { ...scenario, router: 'route53', inSyncAfter: 40_000 }
  const promote = { kind: 'signal', signal: 'promote', twice: false } as const
  return [20, 30, 40].reduce((one, at) => happening(one, at + dice.int(0, 9), promote), slow)
}

/** Every step waits for somebody, who answers some of the time. */
export const asking: Circumstance = (scenario, dice) => {
  const plan = scenario.definition.plan as readonly object[]
  const approving = defining(scenario, { plan: plan.map((step) => ({ ...step, approval: true })) })
  return [15, 30, 50, 80, 120].reduce((one, at) => {
    const signal = dice.chance(0.85) ? 'approve' : dice.pick(['reject', 'promote', 'pause'])
    const when = Math.round((at + dice.float() * 20) * 10) / 10
    return happening(one, when, { kind: 'signal', signal, twice: dice.chance(0.2) })
  }, approving)
}

const GROWING = { policy: 'scale', deadline: '2m' }

/** A candidate that is too small for what it is to get, and is made larger. */
export const growing: Circumstance = (scenario) => {
  const plan = [50, 100].map((weight) => ({ weight, bake: '20s' }))
  const grown = defining({ ...scenario, tasks: 3, autoscaling: true }, { plan, capacity: GROWING })
  return happening(grown, 2.5, { kind: 'scale', count: 1 })
}

/** For so long that its reminder becomes another one. */
export const lasting: Circumstance = (scenario) =>
  defining(scenario, {
    plan: [
      { weight: 10, bake: '5h' },
      { weight: 100, bake: '20s' },
    ],
    interval: '1h',
  })

/** The old slot is made smaller after the promotion. */
export const scalingDown: Circumstance = (scenario, dice) =>
  defining(
    { ...scenario, tasks: 3, autoscaling: true },
    { scaleDown: { after: '40s', to: dice.int(0, 1) } },
  )

/** The candidate is live, and nobody can say so: what is left to do is left to the fail back. */
export const unsettled: Circumstance = (scenario) => ({
  ...scenario,
  faults: [
    {
      ...{ id: 'f1', at: 'call', fn: 'promote', operation: 'UpdateItem' },
      ...{ nth: 2, times: 100, kind: 'server-error' },
    },
  ],
})

/** Whatever ends an execution, nobody hears of it. */
export const unheard: Circumstance = (scenario) => ({
  ...scenario,
  faults: [
    ...scenario.faults,
    {
      ...{ id: 'f1', at: 'invocation', fn: 'guard' },
      ...{ nth: 1, times: 100, kind: 'lost', seconds: 1 },
    },
  ],
})

/** Somebody writes the definition anew. */
export const redefined: Circumstance = (scenario, dice) =>
  happening(scenario, soon(scenario, dice), { kind: 'define', changes: scenario.definition })

/** Seconds after the beginning in which a short plan bakes; later, where a candidate has to grow before. */
const soon = ({ definition }: Scenario, dice: Dice): number =>
  dice.int(24, definition.capacity === GROWING ? 100 : 45)

/** Each other time. */
export const sometimes =
  (circumstance: Circumstance): Circumstance =>
  (scenario, dice) =>
    dice.chance(0.5) ? circumstance(scenario, dice) : scenario

function defining(scenario: Scenario, changes: Scenario['definition']): Scenario {
  return { ...scenario, definition: { ...scenario.definition, ...changes } }
}

function happening(scenario: Scenario, at: number, deed: Deed): Scenario {
  const id = `h${scenario.happenings.length}`
  return { ...scenario, happenings: [...scenario.happenings, { id, at, ...deed }] }
}
