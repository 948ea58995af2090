/**
 * Seconds from a claim until its rollout is looked after for the first time, and from each look to the next: as long as
 * the queue hides a message that was received.
 */
export const REMINDER_SECONDS = 180

/** Times that the queue hands out a message before it gives it up: over 8 hours, as long as `Fail Back` retries. */
export const MOST_RECEIVES = (8 * 3_600) / REMINDER_SECONDS

/**
 * After so many looks a reminder is put anew: an outage that comes now has half of the 8 hours left. Rarely, for where
 * answers are lost each try may put another one, and each of those would do the same.
 */
const RENEWED_FROM = MOST_RECEIVES / 2
/** One try an hour. */
const RENEWED_EACH = 3_600 / REMINDER_SECONDS

/** @param receives how often the queue has handed the reminder out, this time included. */
export function isToBeRenewed(receives: number): boolean {
  return receives >= RENEWED_FROM && receives % RENEWED_EACH === 0
}
