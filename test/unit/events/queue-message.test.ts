import { describe, expect, it } from 'vitest'
import { parseMessages, parseQueuedEvent } from '../../../events/queue-message.ts'
import { sample } from './samples.ts'

const first = (name: string): unknown => {
  const batch = parseMessages(sample('queue-message', name))
  if (batch.kind === 'ignored') throw new Error(batch.reason)
  return batch.value[0]
}

describe('a message of a queue', () => {
  it('carries the event as EventBridge sent it', () => {
    expect(parseQueuedEvent(first('execution-aborted'))).toEqual({
      kind: 'parsed',
      value: {
        event: sample('step-functions-execution-status-change', 'aborted'),
        messageId: expect.stringMatching(/^059f36b4/),
        receives: 1,
      },
    })
  })

  it('says how often it was handed out; where it does not, this is the first time', () => {
    const reminder = parseQueuedEvent(first('rollout-reminder'))
    expect(reminder).toMatchObject({ value: { receives: 3 } })
    expect(parseQueuedEvent({ body: '{}' })).toMatchObject({
      value: { messageId: '', receives: 1 },
    })
  })

  it('whose body was cut short is ignored by its id', () => {
    expect(parseQueuedEvent(first('body-cut-short'))).toEqual({
      kind: 'ignored',
      reason: expect.stringMatching(/^body of message 059f36b4\S+ is no JSON: /),
    })
  })

  it.each([
    ['without a body', {}, /body: Invalid input/],
    ['that is nothing', null, /the whole/],
  ])('%s is ignored', (_, message, reason) => {
    expect(parseQueuedEvent(message)).toMatchObject({
      kind: 'ignored',
      reason: expect.stringMatching(reason),
    })
  })
})

it('an event that is no batch of messages is ignored', () => {
  const event = sample('step-functions-execution-status-change', 'aborted')
  expect(parseMessages(event)).toMatchObject({
    kind: 'ignored',
    reason: expect.stringContaining('Records'),
  })
})
