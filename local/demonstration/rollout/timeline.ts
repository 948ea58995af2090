import type { RolloutRecord, TimelineEntry } from './records.ts'

type Told = Pick<RolloutRecord, 'Timeline'>

/** The weights that were verified, in order. */
export const shifts = ({ Timeline }: Told): TimelineEntry[] =>
  Timeline.filter(({ what, weight }) => what === 'shifted' && weight !== undefined)

export const wasHeld = ({ Timeline }: Told): boolean =>
  Timeline.some(({ what }) => what === 'decided to hold')

/** From each verified weight to what came next. */
export const bakesMs = ({ Timeline }: Told): number[] =>
  Timeline.flatMap((entry, index) => {
    if (entry.what !== 'shifted') return []
    const next = Timeline[index + 1]
    return next ? [next.at - entry.at] : []
  })

/** By an assessment, or by an error. */
const DECIDED = ['decided to fail-back', 'failing back']

/** Where nothing bad was seen from outside, Sluice's own decision is where it counts from. */
export function failBackMs(
  { Outcome, Timeline }: RolloutRecord,
  harm: readonly number[],
): number | null {
  if (Outcome !== 'failed-back') return null
  const restored = Timeline.findLast(({ what }) => what === 'failed back')?.at
  const decided = Timeline.find(({ what }) => DECIDED.includes(what))?.at
  const from = harm.length > 0 ? Math.min(...harm) : decided
  return restored === undefined || from === undefined ? null : Math.max(0, restored - from)
}
