import { TransientError } from '../../core/errors.ts'
import type { CanaryState } from '../../core/model/canary-state.ts'
import type { Rollout, TimelineEntry } from '../../core/model/rollout.ts'
import type { Container } from '../container.ts'
import { findState } from '../lookup.ts'
import type { FollowView } from './view.ts'

/** At most one poll in so many milliseconds. */
export const POLL = 1_000

export type FollowEnd =
  | { readonly kind: 'ended'; readonly rollout: Rollout }
  /** Somebody pressed Ctrl-C: the rollout goes on by itself. */
  | { readonly kind: 'interrupted'; readonly rollout: Rollout | undefined }

/**
 * Follows one rollout until it has ended: one strongly consistent read of its record a poll. What AWS does not answer is
 * told, and asked again: a rollout does not end because nobody can see it.
 * @throws what AWS refuses: permissions, expired credentials.
 */
export async function followRollout(
  container: Container,
  { canary, attempt }: { readonly canary: string; readonly attempt: number },
  view: FollowView,
  interruption: AbortSignal,
): Promise<FollowEnd> {
  const store = await container.store()
  const news = createNews()
  let last: Rollout | undefined
  try {
    const end = await polling(container, interruption, view, async () => {
      const rollout = await store.readRollout(canary, attempt)
      if (!rollout) {
        view.waiting(`${canary}-${attempt} is starting`)
        return undefined
      }
      last = rollout
      view.progress(rollout, news(rollout), container.clock.now())
      return rollout.outcome === undefined ? undefined : rollout
    })
    if (end) return { kind: 'ended', rollout: end }
    return { kind: 'interrupted', rollout: last }
  } finally {
    view.close()
  }
}

/**
 * Waits until the canary's state is as `accepts` wants it, one read a poll; undefined after Ctrl-C.
 * @param told what to say at a look at which it is not yet; what it throws ends the waiting.
 * @param until milliseconds since the epoch after which it gives up, with undefined.
 * @throws {UsageError} for a canary that there is not.
 */
export async function awaitState(
  container: Container,
  canary: string,
  accepts: (state: CanaryState) => boolean,
  view: Pick<FollowView, 'waiting' | 'trouble'>,
  told: () => string | Promise<string>,
  interruption: AbortSignal,
  until = Number.POSITIVE_INFINITY,
): Promise<CanaryState | undefined> {
  const found = await polling(container, interruption, view, async () => {
    const state = await findState(container, canary)
    if (accepts(state)) return state
    if (container.clock.now() >= until) return 'late'
    view.waiting(await told())
    return undefined
  })
  return found === 'late' ? undefined : found
}

/** Asks until there is an answer or Ctrl-C. The time of a poll counts from its beginning. */
async function polling<Answer>(
  { clock, surroundings }: Container,
  interruption: AbortSignal,
  view: Pick<FollowView, 'trouble'>,
  poll: () => Promise<Answer | undefined>,
): Promise<Answer | undefined> {
  while (!interruption.aborted) {
    const began = clock.now()
    try {
      const answer = await poll()
      if (answer !== undefined) return answer
    } catch (error) {
      if (!(error instanceof TransientError)) throw error
      view.trouble(error.message)
    }
    await surroundings.pause(Math.max(0, began + POLL - clock.now()), interruption)
  }
  return undefined
}

/**
 * Gives the entries of the timeline that were not there at the last look. By what they say and not by their number: a
 * long timeline loses early remarks.
 */
export function createNews(): (rollout: Rollout) => TimelineEntry[] {
  const told = new Set<string>()
  return ({ timeline }) => {
    const fresh = timeline.filter((entry) => !told.has(JSON.stringify(entry)))
    for (const entry of fresh) told.add(JSON.stringify(entry))
    return fresh
  }
}
