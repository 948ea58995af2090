import { inOrder, type Rollout } from './rollout.ts'
import type { Signal } from './signal.ts'

/**
 * Signals that a record holds at most of a kind, in an item of at most 400 KB: each takes up to two. People's are made
 * room for by what has had its effect; of deaths and alarms one more says nothing new.
 */
const MOST: Readonly<Record<'death' | 'alarm' | 'wish', number>> = {
  death: 50,
  alarm: 20,
  wish: 40,
}

type Counted = keyof typeof MOST

function countedAs({ kind }: Pick<Signal, 'kind'>): Counted {
  if (kind === 'task-stopped') return 'death'
  return kind === 'alarm' ? 'alarm' : 'wish'
}

/** Whether one more of its kind would wake nobody who is not awake: so many are there already. */
export function saysNothingNew(rollout: Rollout, signal: Pick<Signal, 'kind'>): boolean {
  const counted = countedAs(signal)
  return counted !== 'wish' && count(rollout, counted) >= MOST[counted]
}

/** The record with room for another wish, where the oldest that has had its effect is forgotten for it. */
export function withRoom(rollout: Rollout): Rollout {
  if (count(rollout, 'wish') < MOST.wish) return rollout
  const lasting = lastingOf(rollout)
  const spent = inOrder(rollout).find(
    (signal) => countedAs(signal) === 'wish' && !lasting.has(signal.id) && isSpent(signal),
  )
  if (!spent) return rollout
  const { [spent.id]: _, ...signals } = rollout.signals
  return { ...rollout, signals }
}

/** Seen; or of pause and resume one of the earlier ones, which nobody has to see any more. */
function isSpent({ kind, seenAt }: Signal): boolean {
  return seenAt !== undefined || kind === 'pause' || kind === 'resume'
}

/** What still counts although it was seen: the last of pause and resume, wishes to stop, and what is about steps to come. */
function lastingOf(rollout: Rollout): ReadonlySet<string> {
  const all = inOrder(rollout)
  const last = all.findLast(({ kind }) => kind === 'pause' || kind === 'resume')
  const lasting = all.filter((signal) => {
    switch (signal.kind) {
      case 'abort':
      case 'reject':
      case 'newer-revision':
      case 'promote-full':
        return true
      case 'approve':
        return signal.step > rollout.step
      case 'promote':
        return signal.step === rollout.step
      default:
        return signal === last
    }
  })
  return new Set(lasting.map(({ id }) => id))
}

function count({ signals }: Rollout, counted: Counted): number {
  return Object.values(signals).filter((signal) => countedAs(signal) === counted).length
}
