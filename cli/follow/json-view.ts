import type { Output } from '../output.ts'
import { entryShape, rolloutShape } from '../shapes.ts'
import type { FollowView } from './view.ts'

/** A line whenever the record has changed: the rollout as `status` has it, and what has happened since the line before. */
export function jsonView(output: Pick<Output, 'jsonLine' | 'note'>): FollowView {
  let before = ''
  return {
    waiting: () => undefined,
    progress(rollout, happened, now) {
      const { earliestEnd, ...shape } = rolloutShape(rollout, now)
      // The earliest end moves with the clock while nothing changes.
      const text = JSON.stringify(shape)
      if (text === before && happened.length === 0) return
      before = text
      output.jsonLine({ ...shape, earliestEnd, happened: happened.map(entryShape) })
    },
    trouble: (text) => output.note(`sluice: ${text}; trying again`),
    close: () => undefined,
  }
}
