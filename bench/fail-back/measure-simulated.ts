import type { RouterType } from '../../test/fixtures/in-process/environment.ts'
import { type Line, type Measurement, quantile } from '../line.ts'
import { ALARM } from './alarm.ts'
import {
  createSimulatedStage,
  type FailedBack,
  IN_SYNC_AFTER,
  type SimulatedStage,
} from './simulated-stage.ts'

/** Seconds from the moment in which somebody knows of the harm. */
const AT_MOST = 2
/** Seconds. */
const PERIOD = 10
const LOOKED_AT_EVERY = 30
/** So seldom that what is told of by an event is found by nothing else. */
const HARDLY_LOOKED_AT = 600

interface Cause {
  readonly what: string
  readonly checks: readonly object[]
  /** Seconds between two looks. */
  readonly interval: number
  /** Seconds until a look finds it, at worst; 0 where an event tells it. */
  readonly found: number
  readonly harm: (stage: SimulatedStage) => unknown
}

const ofSlot = (metric: string) => ({
  namespace: 'Shop',
  metric,
  dimensions: { Slot: '$' + '{slot}' },
})

const fallIll = (stage: SimulatedStage) => stage.fallIll()

/**
 * What an event tells is known at once. A probe fails at the next look. A metric shows harm in the first period that lies
 * wholly in it, which ends two periods later at worst, and then comes the next look.
 */
const CAUSES: readonly Cause[] = [
  {
    what: 'a task stops',
    checks: [{ type: 'ecs', maxStoppedTasks: 0 }],
    interval: HARDLY_LOOKED_AT,
    found: 0,
    harm: ({ killTask }) => killTask(),
  },
  {
    what: 'an alarm fires',
    checks: [{ type: 'alarms', alarms: [ALARM] }],
    interval: HARDLY_LOOKED_AT,
    found: 0,
    harm: ({ fireAlarm }) => fireAlarm(),
  },
  {
    what: 'abort',
    checks: [{ type: 'ecs' }],
    interval: HARDLY_LOOKED_AT,
    found: 0,
    harm: ({ abort }) => abort(),
  },
  {
    what: 'probes fail',
    checks: [{ type: 'http', url: 'http://$' + '{service}.internal/health' }],
    interval: LOOKED_AT_EVERY,
    found: LOOKED_AT_EVERY,
    harm: fallIll,
  },
  {
    what: 'a metric crosses its threshold',
    checks: [
      {
        type: 'metric',
        name: 'error-rate',
        source: ofSlot('Errors'),
        per: ofSlot('Requests'),
        above: 0.05,
        window: `${PERIOD}s`,
        period: `${PERIOD}s`,
      },
    ],
    interval: LOOKED_AT_EVERY,
    found: 2 * PERIOD + LOOKED_AT_EVERY,
    harm: fallIll,
  },
  {
    what: 'worse than the live slot',
    checks: [
      {
        type: 'compare',
        bad: ofSlot('Errors'),
        total: ofSlot('Requests'),
        period: `${PERIOD}s`,
        delay: '0s',
      },
    ],
    interval: LOOKED_AT_EVERY,
    found: 2 * PERIOD + LOOKED_AT_EVERY,
    harm: fallIll,
  },
]

/** How often each cause is measured, by router. */
export type Runs = Readonly<Partial<Record<RouterType, number>>>

/**
 * From harm to the baseline that was read back, in simulated seconds, at moments within the interval of looks that the seed
 * decides.
 */
export async function measureSimulatedFailBack(
  template: string,
  runs: Runs,
  seed: number,
): Promise<Measurement> {
  const lines: Line[] = []
  for (const [router, times] of Object.entries(runs) as [RouterType, number][]) {
    for (const [index, cause] of CAUSES.entries()) {
      const { checks, interval, harm } = cause
      const stage = await createSimulatedStage({
        template,
        router,
        checks,
        interval,
        traffic: harm === fallIll,
        seed: seed * CAUSES.length + index,
      })
      try {
        const measured: FailedBack[] = []
        for (let run = 0; run < times; run++) {
          measured.push(await stage.failBack(() => harm(stage)))
        }
        lines.push(...linesOf(router, cause, measured))
      } finally {
        await stage.close()
      }
    }
  }
  return { name: 'harm → baseline', lines }
}

function linesOf(
  router: RouterType,
  { what, interval, found }: Cause,
  measured: readonly FailedBack[],
): readonly Line[] {
  const seconds = measured.map(({ took }) => took / 1_000)
  const calls = Math.max(...measured.map((one) => one.calls))
  const p99 = quantile(seconds, 0.99)
  const atMost = found + AT_MOST + (router === 'route53' ? inSync() : 0)
  const ofInterval = `${(p99 / interval).toFixed(interval === HARDLY_LOOKED_AT ? 3 : 1)} of the interval`
  return [
    {
      what: `${router}: ${what}: p50`,
      measured: quantile(seconds, 0.5),
      unit: 's',
      beside: `simulated, ${measured.length} runs, ${calls} calls at most`,
    },
    { what: `${router}: ${what}: p99`, measured: p99, unit: 's', atMost, beside: ofInterval },
  ]
}

/** Seconds until `Fail Back`, which asks again after a second, and a tenth longer each time, sees a change INSYNC. */
function inSync(): number {
  return (IN_SYNC_AFTER / 1_000) * 1.1 + 1
}
