import { describe, expect, it } from 'vitest'
import type { Before } from '../../../core/analysis/judge.ts'
import { TransientError } from '../../../core/errors.ts'
import type { LambdaAnswer } from '../../../core/ports.ts'
import { lookAt } from '../../fixtures/look.ts'
import { createWorld, targetGroup } from '../../fixtures/world.ts'

const LAMBDA = 'arn:aws:lambda:us-east-1:123456789012:function:opinion'
const check = { type: 'custom', name: 'opinion', function: LAMBDA, input: { suite: 'smoke' } }
const answered = (payload: unknown): LambdaAnswer => ({ kind: 'answered', payload })

/** Looks one after the other, each with what the function answers and so many seconds after the last. */
async function looks(
  answers: readonly (readonly [seconds: number, answer: LambdaAnswer])[],
  changes: object = {},
) {
  const world = createWorld()
  let before: Before = { evidence: [], memory: {} }
  const verdicts = []
  for (const [index, [seconds, answer]] of answers.entries()) {
    world.clock.advance(seconds)
    world.lambdas.set(LAMBDA, [answer])
    const context = { looks: index, rolloutStartedAt: Date.UTC(2026, 0, 1), stepStartedAt: 0 }
    const judged = await lookAt(world, [{ ...check, ...changes }], { before, context })
    before = { evidence: judged.verdicts, memory: judged.memory }
    verdicts.push(judged.verdicts[0] ?? expect.fail('no verdict'))
  }
  return { verdicts, world, memory: before.memory }
}

describe('a custom check', () => {
  it('tells its function all there is to know, and takes its word with its numbers', async () => {
    const numbers = { failed: 0, run: 12 }
    const { verdicts, world } = await looks([
      [0, answered({ status: 'pass', reason: '12 of 12 journeys', numbers, else: 'ignored' })],
    ])
    expect(verdicts[0]).toMatchObject({
      kind: 'pass',
      reason: 'opinion 12 of 12 journeys',
      numbers,
      source: LAMBDA,
    })
    expect(world.invocations).toEqual([
      {
        functionArn: LAMBDA,
        timeoutMs: 5_000,
        payload: {
          version: 1,
          id: 'web-1/check/opinion/0',
          kind: 'check',
          name: 'opinion',
          attempt: 1,
          input: { suite: 'smoke' },
          canary: 'web',
          rollout: 'web-1',
          revision: 'web:2',
          candidate: {
            slot: 'green',
            cluster: 'shop',
            service: 'web-green',
            targetGroup: targetGroup('green'),
          },
          live: {
            slot: 'blue',
            cluster: 'shop',
            service: 'web-blue',
            targetGroup: targetGroup('blue'),
          },
          step: 2,
          steps: 3,
          weight: 50,
          startedAt: '2026-01-01T00:00:00.000Z',
        },
      },
    ])
  })

  it('waits for a function in progress, asks it again when it said, under the same id', async () => {
    const busy = answered({ status: 'in-progress', reason: '3 of 12', retryAfter: 25 })
    const done = answered({ status: 'fail', reason: '2 journeys broke' })
    const { verdicts, world, memory } = await looks([
      [0, busy],
      [10, done],
      [20, done],
      [10, answered({ status: 'pass' })],
    ])
    expect(verdicts.map(({ kind, reason }) => `${kind}: ${reason}`)).toEqual([
      'inconclusive: opinion is in progress: 3 of 12',
      'inconclusive: opinion is in progress, and asked again in 15 s',
      'fail: opinion 2 journeys broke',
      'pass: opinion answered pass',
    ])
    expect(world.invocations.map(({ payload }) => [payload.id, payload.attempt])).toEqual([
      ['web-1/check/opinion/0', 1],
      ['web-1/check/opinion/0', 2],
      ['web-1/check/opinion/3', 1],
    ])
    expect(memory).toEqual({})
  })

  it.each([
    ['error', 'error'],
    ['fail', 'fail'],
  ])('in progress past its deadline is a matter of onError: %s', async (onError, kind) => {
    const busy = answered({ status: 'in-progress', reason: 'still at it', retryAfter: 30 })
    const { verdicts } = await looks(
      [
        [0, busy],
        [30, busy],
        [30, busy],
      ],
      { deadline: '1m', onError },
    )
    expect(verdicts.map((verdict) => verdict.kind)).toEqual(['inconclusive', 'inconclusive', kind])
    expect(verdicts[2]?.reason).toBe('opinion is still in progress after 60 s: still at it')
  })

  it.each<[string, LambdaAnswer, string]>([
    [
      'threw',
      { kind: 'failed', reason: 'failed: TypeError: x is undefined' },
      'opinion failed: TypeError: x is undefined',
    ],
    [
      'says nonsense',
      answered({ status: 'fine' }),
      'opinion answered {"status":"fine"}: status: Invalid option',
    ],
    ['says nothing', answered(null), 'opinion answered null: the whole: Invalid input'],
    [
      'names numbers that are none',
      answered({ status: 'pass', numbers: { a: 'b' } }),
      'numbers.a: Invalid input',
    ],
  ])('whose function %s is an error, or fails if told so', async (_, answer, reason) => {
    const { verdicts } = await looks([[0, answer]])
    expect(verdicts[0]?.kind).toBe('error')
    expect(verdicts[0]?.reason).toContain(reason)
    const strict = await looks([[0, answer]], { onError: 'fail' })
    expect(strict.verdicts[0]?.kind).toBe('fail')
  })

  it('is asked again under the same id after an answer that was none, until its deadline', async () => {
    const late: LambdaAnswer = { kind: 'failed', reason: 'did not answer within 5 s' }
    const { verdicts, world, memory } = await looks(
      [
        [0, late],
        [10, answered({ status: 'in-progress', retryAfter: 1 })],
        [10, late],
        [10, late],
        [30, late],
        [10, answered({ status: 'pass' })],
      ],
      { deadline: '1m' },
    )
    expect(verdicts.map(({ kind }) => kind)).toEqual([
      'error',
      'inconclusive',
      'error',
      'error',
      'error',
      'pass',
    ])
    expect(world.invocations.map(({ payload }) => [payload.id, payload.attempt])).toEqual([
      ['web-1/check/opinion/0', 1],
      ['web-1/check/opinion/0', 2],
      ['web-1/check/opinion/0', 3],
      ['web-1/check/opinion/0', 4],
      ['web-1/check/opinion/0', 5],
      ['web-1/check/opinion/5', 1],
    ])
    expect(memory).toEqual({})
  })

  it('is asked at its deadline at the latest, whenever it wants to be', async () => {
    const busy = answered({ status: 'in-progress', retryAfter: 3_600 })
    const { verdicts } = await looks(
      [
        [0, busy],
        [59, busy],
        [1, busy],
      ],
      { deadline: '1m' },
    )
    expect(verdicts.map(({ kind }) => kind)).toEqual(['inconclusive', 'inconclusive', 'error'])
  })

  it('keeps its run through an error of Lambda', async () => {
    const busy = answered({ status: 'in-progress', retryAfter: 1 })
    const { world, memory } = await looks([[0, busy]])
    world.clock.advance(10)
    world.faults.set('invoke', [new TransientError('throttled')])
    const judged = await lookAt(world, [check], { before: { evidence: [], memory } })
    expect(judged.verdicts[0]).toMatchObject({ kind: 'error' })
    expect(judged.memory).toEqual(memory)
  })
})
