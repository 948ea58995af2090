import { expect, it } from 'vitest'
import { isRolloutReminder, parseRolloutReminder } from '../../../events/rollout-reminder.ts'
import { sample } from './samples.ts'

it('a reminder is told from the events that come to the same queue', () => {
  expect(isRolloutReminder(sample('rollout-reminder', 'reminder'))).toBe(true)
  expect(isRolloutReminder(sample('step-functions-execution-status-change', 'aborted'))).toBe(false)
  expect(isRolloutReminder(sample('canary-rollout-state-change', 'started'))).toBe(false)
  expect(isRolloutReminder(undefined)).toBe(false)
})

it('a reminder carries the claim of its rollout', () => {
  expect(parseRolloutReminder(sample('rollout-reminder', 'reminder'))).toEqual({
    kind: 'parsed',
    value: {
      canary: 'checkout',
      rollout: 'checkout-12',
      attempt: 12,
      candidate: 'green',
      revision: 'arn:aws:ecs:us-east-1:123456789012:task-definition/checkout:42',
    },
  })
})

it.each([
  ['no detail', { source: 'sluice' }, /detail/],
  ['an attempt that is none', { detail: { canary: 'c', rollout: 'c-1', attempt: 0 } }, /attempt/],
])('a reminder with %s is ignored, and the reason names the field', (_, event, reason) => {
  expect(parseRolloutReminder(event)).toEqual({
    kind: 'ignored',
    reason: expect.stringMatching(reason),
  })
})
