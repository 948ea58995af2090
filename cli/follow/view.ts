import type { Rollout, TimelineEntry } from '../../core/model/rollout.ts'
import type { Output } from '../output.ts'
import type { Surroundings } from '../surroundings.ts'
import { jsonView } from './json-view.ts'
import { liveView } from './live-view.ts'
import { plainView } from './plain-view.ts'

/** Where a followed rollout is shown. */
export interface FollowView {
  /** Nothing to show yet; why. The same text again says nothing new. */
  waiting(text: string): void
  /** The rollout as it stands at a poll, with what has happened since the last one. */
  progress(rollout: Rollout, happened: readonly TimelineEntry[], now: number): void
  /** A poll had no answer. */
  trouble(text: string): void
  /** Leaves the last that was shown on the screen. */
  close(): void
}

/** A block that stays up to date on a terminal; lines in a log; one document a line for machines. */
export async function createFollowView(
  output: Output,
  surroundings: Pick<Surroundings, 'stdout'>,
): Promise<FollowView> {
  if (output.json) return jsonView(output)
  return output.live ? liveView(output, surroundings.stdout) : plainView(output)
}
