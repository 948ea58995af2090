import type { Rollout } from '../../core/model/rollout.ts'
import type { Output } from '../output.ts'
import { entryLine } from '../view/entry-line.ts'
import { shownDuration, shownPercent, shownTime } from '../view/text.ts'
import { earliestEnd } from '../view/time-left.ts'
import type { FollowView } from './view.ts'

/** In a log that tells nothing for so many milliseconds people believe that it hangs. */
const HEARTBEAT = 60_000

const clockOf = (milliseconds: number) => shownTime(milliseconds).slice(11)

interface Told {
  readonly at: number
  readonly text: string
}

/** A line for everything that happens, in words alone: for logs. */
export function plainView(output: Pick<Output, 'print' | 'note' | 'paint'>): FollowView {
  const verdicts = new Map<string, string>()
  let waited = ''
  let told = 0

  function changedVerdicts(rollout: Rollout, now: number): Told[] {
    return rollout.evidence.flatMap(({ check, kind, reason, at = now }) => {
      const before = verdicts.get(check)
      verdicts.set(check, kind)
      return before === kind
        ? []
        : [{ at, text: `${clockOf(at)}  check ${check}: ${kind}, ${reason}` }]
    })
  }

  return {
    waiting(text) {
      if (text !== waited) output.print(`${text}…`)
      waited = text
    },
    progress(rollout, happened, now) {
      const stamp = clockOf(now)
      // In the order of time: a check answered before what was decided by it, also where both are first seen now.
      const lines = [
        ...changedVerdicts(rollout, now),
        ...happened.map((entry) => ({
          at: entry.at,
          text: entryLine(output, entry, rollout.canary),
        })),
      ]
        .sort((one, other) => one.at - other.at)
        .map(({ text }) => text)
      if (lines.length === 0 && now - told < HEARTBEAT) return
      const { status, achieved, reason, outcome } = rollout
      const end = earliestEnd(rollout, now)
      const left =
        end === undefined ? '' : `; promoted in ${shownDuration(end - now)} at the earliest`
      if (outcome === undefined) {
        lines.push(`${stamp}  ${status} at ${shownPercent(achieved)}: ${reason}${left}`)
      }
      told = now
      output.print(...lines)
    },
    trouble: (text) => output.note(`sluice: ${text}; trying again`),
    close: () => undefined,
  }
}
