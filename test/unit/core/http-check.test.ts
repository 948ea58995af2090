import { describe, expect, it } from 'vitest'
import type { HttpAnswer } from '../../../core/ports.ts'
import { lookAt } from '../../fixtures/look.ts'
import { createWorld } from '../../fixtures/world.ts'

const check = { type: 'http', url: 'https://$' + '{slot}.example.com/health', samples: 3 }
const ok: HttpAnswer = { kind: 'answered', status: 200, body: '{"status":"ok"}', milliseconds: 12 }
const silent: HttpAnswer = { kind: 'silent', reason: 'no answer within 2 s', milliseconds: 2_000 }

async function look(
  answers: readonly HttpAnswer[],
  changes: object = {},
  before?: Parameters<typeof lookAt>[2],
) {
  const world = createWorld()
  world.http.push(...answers)
  const { verdicts, memory } = await lookAt(world, [{ ...check, ...changes }], before)
  return { verdict: verdicts[0] ?? expect.fail('no verdict'), memory, world }
}

describe('an http check', () => {
  it('asks the candidate’s own address, so often as told, as told', async () => {
    const { world, verdict } = await look([ok, ok, ok], {
      method: 'POST',
      headers: { accept: 'text/plain' },
      body: 'ping',
      timeout: '3s',
    })
    expect(world.requests).toEqual(
      Array.from({ length: 3 }, () => ({
        url: 'https://green.example.com/health',
        method: 'POST',
        headers: { accept: 'text/plain' },
        body: 'ping',
        timeoutMs: 3_000,
      })),
    )
    expect(verdict).toMatchObject({
      kind: 'pass',
      reason:
        'http: https://green.example.com/health answered 3 of 3 requests as expected, in 12 ms at most',
      source: 'POST https://green.example.com/health',
      numbers: { samples: 3, failed: 0, allowed: 0, slowestMs: 12 },
    })
  })

  it('takes an address for each slot', async () => {
    const url = { blue: 'http://10.0.0.1/', green: 'http://10.0.0.2/' }
    const { world } = await look([ok, ok, ok], { url })
    expect(world.requests[0]?.url).toBe('http://10.0.0.2/')
  })

  it.each<[string, HttpAnswer, object, string]>([
    ['another status', { ...ok, status: 500 }, {}, 'status 500, not 200-299'],
    ['a redirect', { ...ok, status: 302 }, {}, 'status 302, not 200-299'],
    [
      'another one of several',
      { ...ok, status: 201 },
      { expect: { status: [200, '202-204'] } },
      'status 201, not 200 or 202-204',
    ],
    [
      'a body without the word',
      ok,
      { expect: { body: '"ready"' } },
      'the body does not contain "\\"ready\\""',
    ],
    [
      'slowness',
      { ...ok, milliseconds: 350.4 },
      { expect: { latency: '300ms' } },
      '350 ms, longer than 300 ms',
    ],
  ])('fails for %s', async (_, answer, changes, why) => {
    const { verdict } = await look([ok, answer, answer], { ...changes, maxFailures: 0 })
    expect(verdict.kind).toBe('fail')
    expect(verdict.reason).toContain(why)
  })

  it('passes as long as no more requests fail than may', async () => {
    const bad = { ...ok, status: 503 }
    const { verdict } = await look([ok, bad, ok], { maxFailures: 1 })
    expect(verdict).toMatchObject({
      kind: 'pass',
      reason:
        'http: 1 of 3 requests to https://green.example.com/health failed: status 503, not 200-299',
    })
    expect((await look([bad, bad, ok], { maxFailures: 1 })).verdict.kind).toBe('fail')
  })

  it('blames nobody while it has never been answered, and the candidate once it was', async () => {
    const first = await look([silent, silent, silent])
    expect(first.verdict).toMatchObject({ kind: 'error' })
    expect(first.verdict.reason).toContain('3 of 3 requests')
    expect(first.memory).toEqual({})

    const reached = await look([ok, ok, ok])
    const before = { before: { evidence: [], memory: reached.memory } }
    const later = await look([silent, silent, silent], {}, before)
    expect(later.verdict.kind).toBe('fail')
    expect((await look([ok, silent, silent])).verdict.kind).toBe('fail')
  })
})
