import { settled } from '../core/model/canary-state.ts'
import { guard } from '../core/use-cases/guard.ts'
import { lookAfter } from '../core/use-cases/look-after.ts'
import { retrigger } from '../core/use-cases/retrigger.ts'
import { trigger } from '../core/use-cases/trigger.ts'
import { type Calls, totalOf } from './counted-calls.ts'
import { CANARY, createScene, type Scene } from './scene.ts'

interface Case {
  readonly name: string
  /** Calls that it may make; more is a failure of the benchmark. */
  readonly atMost: number
  readonly expected: string
  run(scene: Scene): Promise<{ readonly kind: string }>
}

export interface Measured {
  readonly name: string
  readonly kind: string
  readonly calls: Calls
  readonly total: number
  readonly atMost: number
  readonly ok: boolean
}

const FIRST_CLAIM = {
  canary: CANARY,
  rollout: `${CANARY}-1`,
  attempt: 1,
  candidate: 'green',
  revision: 'any',
} as const

/** In this order: each finds what the ones before it left. */
const cases: readonly Case[] = [
  {
    name: 'a task of a service of no canary',
    atMost: 1,
    expected: 'ignored',
    run: ({ ports, task }) => trigger(ports, task({ service: 'search' })),
  },
  {
    name: 'a task of the live slot',
    atMost: 1,
    expected: 'ignored',
    run: ({ ports, task }) => trigger(ports, task({ service: 'checkout-blue' })),
  },
  {
    name: 'a task of an older deployment, on a function that has just started',
    atMost: 3,
    expected: 'ignored',
    run: ({ coldPorts, task }) => trigger(coldPorts(), task({ deployment: 'ecs-svc/0' })),
  },
  {
    name: 'the first of an hour: it assumes the canary’s role',
    atMost: 3,
    expected: 'ignored',
    run: ({ ports, task }) => trigger(ports, task({ deployment: 'ecs-svc/0' })),
  },
  {
    name: 'a task of an older deployment',
    atMost: 2,
    expected: 'ignored',
    run: ({ ports, task }) => trigger(ports, task({ deployment: 'ecs-svc/0' })),
  },
  {
    name: 'the first task of a new revision',
    atMost: 5,
    expected: 'started',
    run: ({ ports, task }) => trigger(ports, task()),
  },
  {
    name: 'the same event once more',
    atMost: 1,
    expected: 'ignored',
    run: ({ ports, task }) => trigger(ports, task()),
  },
  {
    name: 'another task of that revision',
    atMost: 1,
    expected: 'ignored',
    run: ({ ports, task }) => trigger(ports, task({ task: `${task().task}2` })),
  },
  {
    name: 'the execution of a rollout that failed back',
    atMost: 2,
    expected: 'ignored',
    async run({ ports, takeCalls }) {
      const { rollout } = FIRST_CLAIM
      await ports.store.amendState(CANARY, (state) =>
        settled(state, rollout, { outcome: 'failed-back' }),
      )
      takeCalls()
      return guard(ports, { execution: rollout, status: 'FAILED', input: FIRST_CLAIM })
    },
  },
  {
    name: 'the reminder of a rollout that failed back',
    atMost: 2,
    expected: 'settled',
    run: ({ ports }) => lookAfter(ports, { claim: FIRST_CLAIM, receives: 1 }),
  },
  {
    name: 'a task of a revision that failed back',
    atMost: 1,
    expected: 'ignored',
    run: ({ ports, task }) => trigger(ports, task()),
  },
  {
    name: 'Triggered is reset in the table',
    atMost: 5,
    expected: 'started',
    async run({ ports, takeCalls }) {
      await ports.store.amendState(CANARY, (state) => ({ ...state, triggered: false }))
      takeCalls()
      return retrigger(ports, {
        record: 'state',
        canary: CANARY,
        before: { triggered: true },
        after: { triggered: false },
      })
    },
  },
  {
    name: 'the first task of a revision, on a function that has just started',
    atMost: 6,
    expected: 'started',
    async run({ ports, coldPorts, task, takeCalls }) {
      await ports.store.amendState(CANARY, (state) => ({
        ...settled(state, `${CANARY}-2`, { outcome: 'failed-back' }),
        triggered: false,
      }))
      takeCalls()
      return trigger(coldPorts(), task())
    },
  },
]

/** What each event costs in calls to AWS, with the adapters and SDK clients that a function has. */
export async function measureCallsPerEvent(): Promise<Measured[]> {
  const scene = await createScene()
  try {
    const measured: Measured[] = []
    for (const { name, atMost, expected, run } of cases) {
      const { kind } = await run(scene)
      const calls = scene.takeCalls()
      const total = totalOf(calls)
      measured.push({ name, kind, calls, total, atMost, ok: total <= atMost && kind === expected })
    }
    return measured
  } finally {
    await scene.close()
  }
}
