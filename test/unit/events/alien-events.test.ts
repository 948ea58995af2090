import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseCanaryRolloutStateChange } from '../../../events/canary-rollout-state-change.ts'
import { parseFiredAlarm } from '../../../events/cloudwatch-alarm-state-change.ts'
import { parseBatch, parseStreamRecord } from '../../../events/dynamodb-stream.ts'
import { parseRunningTask, parseStoppedTask } from '../../../events/ecs-task-state-change.ts'
import { parseMessages, parseQueuedEvent } from '../../../events/queue-message.ts'
import { parseRolloutReminder } from '../../../events/rollout-reminder.ts'
import {
  APPROVER_SIGNALS,
  OPERATOR_SIGNALS,
  parseSignalRequest,
} from '../../../events/signal-request.ts'
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
  parseRolloutReminder,
  parseSignalRequest: (event: unknown) => parseSignalRequest(event, OPERATOR_SIGNALS, 'invocation'),
  parseFiredAlarm,
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
      ['rollout-reminder', 'reminder'],
      ['signal-request', 'abort'],
      ['signal-request', 'abort-with-proof'],
      ['cloudwatch-alarm-state-change', 'fired'],
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
    const request = parseSignalRequest(
      sample('signal-request', 'approve-without-id'),
      APPROVER_SIGNALS,
      'abc',
    )
    expect(request).toMatchObject({ kind: 'parsed', value: { id: 'abc', kind: 'approve' } })
  })

  it('of an unknown kind is told which there are', () => {
    const request = sample('signal-request', 'unknown-kind')
    expect(parseSignalRequest(request, OPERATOR_SIGNALS, 'abc')).toEqual({
      kind: 'ignored',
      reason: expect.stringMatching(/kind: .*abort.*pause.*resume.*promote-full/),
    })
  })

  it.each([
    ['an approval at the function of operators', 'approve-without-id', OPERATOR_SIGNALS],
    ['an abort at the function of approvers', 'abort', APPROVER_SIGNALS],
  ] as const)('refuses %s', (_, name, kinds) => {
    expect(parseSignalRequest(sample('signal-request', name), kinds, 'abc')).toMatchObject({
      kind: 'ignored',
      reason: expect.stringContaining('kind: '),
    })
  })

  it('has the rollout that was looked at, and the proof with its headers in lower case', () => {
    const event = sample('signal-request', 'abort-with-proof')
    const request = parseSignalRequest(event, OPERATOR_SIGNALS, 'abc')
    expect(request).toMatchObject({
      kind: 'parsed',
      value: {
        rollout: 'checkout-12',
        proof: { headers: { authorization: expect.any(String), host: expect.any(String) } },
      },
    })
  })

  it.each(['', 'two words', 'ü', 'x'.repeat(129)])('refuses the id "%s": it is kept', (id) => {
    const event = { ...(sample('signal-request', 'abort') as object), id }
    expect(parseSignalRequest(event, OPERATOR_SIGNALS, 'abc')).toMatchObject({
      kind: 'ignored',
      reason: expect.stringContaining('id: 1 to 128'),
    })
  })
})

describe('an alarm’s event', () => {
  it('of a metric alarm tells name, time and reason', () => {
    expect(parseFiredAlarm(sample('cloudwatch-alarm-state-change', 'fired'))).toEqual({
      kind: 'parsed',
      value: {
        alarm: 'checkout-errors',
        changed: '2026-11-20T10:15:00.123+0000',
        reason: expect.stringContaining('greater than the threshold'),
      },
    })
  })

  it.each(['fired-composite', 'fired-without-reason'])('is taken where it is %s', (name) => {
    expect(parseFiredAlarm(sample('cloudwatch-alarm-state-change', name)).kind).toBe('parsed')
  })

  it.each([
    ['over', 'OK'],
    ['insufficient-data', 'INSUFFICIENT_DATA'],
  ])('is ignored where it is %s', (name, value) => {
    expect(parseFiredAlarm(sample('cloudwatch-alarm-state-change', name))).toEqual({
      kind: 'ignored',
      reason: `detail.state.value is ${value}, not ALARM`,
    })
  })
})

describe('the event that Sluice sends', () => {
  it('is read back by its own schema', () => {
    const event = sample('canary-rollout-state-change', 'shifted')
    expect(parseCanaryRolloutStateChange(event).kind).toBe('parsed')
  })
})
