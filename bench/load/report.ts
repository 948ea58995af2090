import { type Line, quantile } from '../line.ts'
import { totalOf } from './route53-meter.ts'
import type { LoadSeen, LoadSize } from './run-rollouts.ts'
import type { SeenRollout } from './seen-rollout.ts'

/** Of the time that a shift takes, where both have to wait for the quota. */
const FAIL_BACK_SHARE = 1 / 3
/** Of fewer fail backs the middle is chance. */
const ENOUGH = 10

/** @param free the same without a quota. */
export function linesOf(size: LoadSize, seen: LoadSeen, free?: LoadSeen): readonly Line[] {
  return [...promises(size, seen), ...quota(size, seen), ...times(seen, free)]
}

/** Whatever the size and the machine, none of these is more than nothing. */
function promises(size: LoadSize, seen: LoadSeen): readonly Line[] {
  const { rollouts } = seen
  const wrong = (what: string, isWrong: (rollout: SeenRollout) => boolean): Line => {
    const found = rollouts.filter(isWrong)
    const [first] = found
    return {
      ...none(what, found.length),
      ...(first ? { beside: `${first.canary}: ${first.reason}` } : {}),
    }
  }
  return [
    { ...none('events lost', seen.lostEvents), beside: `${seen.failedTriggers} tried again` },
    none('canaries without a rollout', rollouts.filter(({ started }) => !started).length),
    none('executions too many', seen.executions - size.rollouts),
    wrong('rollouts without an end', ({ outcome }) => outcome === undefined),
    wrong('good candidates not promoted', (one) => !one.bad && one.outcome !== 'promoted'),
    wrong('bad candidates not failed back', (one) => one.bad && one.outcome !== 'failed-back'),
    wrong('records that are not as the outcome says', ({ sound }) => !sound),
  ]
}

function none(what: string, measured: number): Line {
  return { what, measured, unit: '', atMost: 0 }
}

function quota(size: LoadSize, { answered, throttled, ...seen }: LoadSeen): readonly Line[] {
  const { requestsPerSecond = Number.POSITIVE_INFINITY, requestBurst = 50 } = size.quota ?? {}
  const requests = totalOf(answered)
  const least = Math.max(0, requests - requestBurst) / requestsPerSecond
  return [
    {
      what: `all ${size.rollouts} rollouts`,
      measured: seen.seconds,
      unit: 's',
      beside: `${least.toFixed(0)} s at least by the quota; ${size.events.toLocaleString('en')} events for ${size.canaries.toLocaleString('en')} canaries done with after ${seen.burstSeconds.toFixed(0)} s; this process busy ${(100 * seen.busy).toFixed(0)} %`,
    },
    {
      what: 'requests that Route 53 answered',
      measured: requests,
      unit: '',
      beside: byOperation(answered),
    },
    {
      what: 'requests throttled',
      measured: totalOf(throttled),
      unit: '',
      beside: byOperation(throttled),
    },
    {
      what: 'throttled for each change of weights',
      measured: totalOf(throttled) / (answered.get('ChangeResourceRecordSets') ?? Number.NaN),
      unit: '',
    },
  ]
}

function byOperation(counts: ReadonlyMap<string, number>): string {
  return [...counts].map(([operation, count]) => `${count}× ${operation}`).join(', ')
}

function times(seen: LoadSeen, free: LoadSeen | undefined): readonly Line[] {
  const of = (all: LoadSeen, what: (rollout: SeenRollout) => readonly (number | undefined)[]) =>
    all.rollouts.flatMap(what).filter((value) => value !== undefined)
  const three = (
    what: string,
    values: (rollout: SeenRollout) => readonly (number | undefined)[],
  ): readonly Line[] =>
    [0.5, 0.99, 1].map((share) => ({
      what: `${what}: ${share === 1 ? 'max' : `p${share * 100}`}`,
      measured: at(of(seen, values), share),
      unit: 's',
      ...(free ? { beside: `${at(of(free, values), share).toFixed(1)} s without the quota` } : {}),
    }))
  const shifts = ({ shifts }: SeenRollout) => shifts
  const failBack = (one: SeenRollout) => (one.bad ? [one.failBack] : [])
  const scarce = totalOf(seen.throttled) > totalOf(seen.answered)
  const enough = of(seen, failBack).length >= ENOUGH
  return [
    ...three('start → first weights written', ({ toFirstShift }) => [toFirstShift]),
    ...three('shift, asked → in sync', shifts),
    ...three('fail back, decided → in sync', failBack),
    {
      what: 'fail back against shift: p50',
      measured: at(of(seen, failBack), 0.5) / at(of(seen, shifts), 0.5),
      unit: '×',
      ...(scarce && enough ? { atMost: FAIL_BACK_SHARE } : {}),
    },
    ...three('dead task → baseline in sync', ({ harmed }) => [harmed]),
  ]
}

function at(values: readonly number[], share: number): number {
  return values.length === 0 ? Number.NaN : quantile(values, share)
}
