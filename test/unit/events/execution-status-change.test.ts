import { describe, expect, it } from 'vitest'
import { parseBrokenOffExecution } from '../../../events/step-functions-execution-status-change.ts'
import { sample } from './samples.ts'

const OURS = 'arn:aws:states:us-east-1:123456789012:stateMachine:sluice'

const read = (name: string) =>
  parseBrokenOffExecution(sample('step-functions-execution-status-change', name), OURS)

describe('an execution that ended without promotion', () => {
  it.each([
    ['aborted', { execution: 'checkout-12', status: 'ABORTED' }],
    ['timed-out', { execution: 'checkout-12', status: 'TIMED_OUT' }],
    ['failed-back', { status: 'FAILED', cause: expect.stringMatching(/^FailedBack: the check/) }],
    ['recovery-aborted', { execution: 'checkout-12-guard-1', status: 'ABORTED' }],
  ])('is read from %s with the rollout of its input', (name, value) => {
    expect(read(name)).toMatchObject({
      kind: 'parsed',
      value: { ...value, input: { canary: 'checkout', rollout: 'checkout-12', attempt: 12 } },
    })
  })

  it.each([
    ['succeeded', 'detail.status is SUCCEEDED'],
    ['of-another-state-machine', 'detail.stateMachineArn is'],
    ['started-by-hand-without-input', 'canary'],
    ['input-not-included', 'detail.input'],
  ])('is not read from %s, and the reason names the field', (name, reason) => {
    expect(read(name)).toEqual({ kind: 'ignored', reason: expect.stringContaining(reason) })
  })
})
