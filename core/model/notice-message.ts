import type { NoticeState } from './notice.ts'
import type { Rollout } from './rollout.ts'
import { revisionName } from './slot.ts'

/** `web: app:42 failed back after 25 % (web-7); the traffic is as it was before. Errors: 12 of 300 requests.` */
export function noticeMessage(record: Rollout, state: NoticeState, reason: string): string {
  const { canary, rollout, candidate, revision, achieved } = record
  const told = `${canary}: ${revisionName(revision)}`
  switch (state) {
    case 'started':
      return `${told} begins to be rolled out to ${candidate} (${rollout}), with ${achieved} % of the traffic so far. ${sentence(reason)}`
    case 'shifted':
      return `${told} has ${achieved} % of the traffic (${rollout}). ${sentence(reason)}`
    case 'held':
      return `${told} is held at ${achieved} % (${rollout}). ${sentence(reason)}`
    case 'promoted':
      return `${told} is promoted: ${candidate} is live with ${achieved} % of the traffic (${rollout}). ${sentence(reason)}`
    case 'failed-back':
      return `${told} failed back${reached(record)} (${rollout}); the traffic is as it was before. ${sentence(reason)}`
  }
}

/** How far it had come: the record's own weight is back where it was. */
function reached({ timeline }: Rollout): string {
  const most = Math.max(0, ...timeline.map(({ weight = 0 }) => weight))
  return most === 0 ? ' before it had traffic' : ` after ${most} %`
}

function sentence(reason: string): string {
  const begun = `${reason.charAt(0).toUpperCase()}${reason.slice(1)}`
  return /[.!?…]$/.test(begun) ? begun : `${begun}.`
}
