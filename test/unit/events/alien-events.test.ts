import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseCanaryRolloutStateChange } from '../../../events/canary-rollout-state-change.ts'
import { parseBatch, parseStreamRecord } from '../../../events/dynamodb-stream.ts'
import { parseRunningTask, parseStoppedTask } from '../../../events/ecs-task-state-change.ts'
import { parseMessages, parseQueuedEvent } from '../../../events/queue-message.ts'
import { parseSignalRequest } from '../../../events/signal-request.ts'
import { parseBrokenOffExecution } from '../../../events/step-functions-execution-status-change.ts'
import { sample } from './samples.ts'

const PARSERS = {
  parseRunningTask,
  parseStoppedTask,
  parseBrokenOffExecution: (event: unknown) => parseBrokenOffExecution(event, 'arn:ours'),
  parseBatch,
  parseStreamRecord,
  parseMessages,
  parseQueuedEvent,
  parseSignalRequest: (event: unknown) => parseSignalRequest(event, 'invocation'),
  parseCanaryRolloutStateChange,
}

/** A well-formed event with one of its fields, anywhere, replaced by anything. */
const damaged = fc
  .tuple(
    fc.constantFrom(
      ['ecs-task-state-change', 'running'],
      ['ecs-task-state-change', 'stopped-by-crash'],
      ['step-functions-execution-status-change', 'aborted'],
      ['dynamodb-stream', 'triggered-reset'],
      ['queue-message', 'execution-aborted'],
      ['signal-request', 'abort'],
    ),
    fc.nat(),
    fc.jsonValue(),
  )
  .map(([[source = '', name = ''], which, value]) => {
    const event = sample(source, name)
    const places: [Record<string, unknown>, string][] = []
    const walk = (node: unknown) => {
      if (typeof node !== 'object' || node === null) return
      for (const key of Object.keys(node)) {
        places.push([node as Record<string, unknown>, key])
        walk(Reflect.get(node, key))
      }
    }
    walk(event)
    const place = places[which % places.length]
    if (place) place[0][place[1]] = value
    return event
  })

describe.each(Object.entries(PARSERS))('%s', (_, parse) => {
  it('answers with a value or a reason for any JSON, and never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), damaged), (event) => {
        const outcome = parse(event)
        if (outcome.kind === 'ignored') expect(outcome.reason.length).toBeGreaterThan(10)
      }),
      { numRuns: 500 },
    )
  })
})

describe('a signal request', () => {
  it('takes the invocation as its id where it brings none, so that a retry is the same signal', () => {
    const request = parseSignalRequest(sample('signal-request', 'approve-without-id'), 'abc')
    expect(request).toMatchObject({ kind: 'parsed', value: { id: 'abc', kind: 'approve' } })
  })

  it('of an unknown kind is told which there are', () => {
    expect(parseSignalRequest(sample('signal-request', 'unknown-kind'), 'abc')).toEqual({
      kind: 'ignored',
      reason: expect.stringMatching(/kind: .*abort.*approve/),
    })
  })
})

describe('the event that Sluice sends', () => {
  it('is read back by its own schema', () => {
    const event = sample('canary-rollout-state-change', 'shifted')
    expect(parseCanaryRolloutStateChange(event).kind).toBe('parsed')
  })
})
