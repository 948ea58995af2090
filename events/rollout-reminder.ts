import { type Parsed, read } from './outcome.ts'
import { parseRolloutInput, type RolloutInput } from './rollout-input.ts'
import * as z from './zod.ts'

/** The controller's own: it puts them on the queue of ended executions, in the form of the events that come there. */
const kindSchema = z.looseObject({
  source: z.literal('sluice'),
  'detail-type': z.literal('Rollout Reminder'),
})

const detailSchema = z.looseObject({ detail: z.unknown() })

export function isRolloutReminder(event: unknown): boolean {
  return kindSchema.safeParse(event).success
}

/** The claim of the rollout that has to be looked after. */
export function parseRolloutReminder(event: unknown): Parsed<RolloutInput> {
  const reminder = read(detailSchema, event, 'Rollout Reminder')
  if (reminder.kind === 'ignored') return reminder
  return parseRolloutInput(reminder.value.detail, 'claim of a rollout in detail')
}
