import { marshall } from '@aws-sdk/util-dynamodb'
import { describe, expect, it } from 'vitest'
import { rolloutCodec } from '../../../adapters/rollout-codec.ts'
import type { CheckContext } from '../../../core/analysis/checks/check.ts'
import { judge } from '../../../core/analysis/judge.ts'
import { parseDefinition } from '../../../core/model/definition.ts'
import { mostLooks } from '../../../core/model/execution-limits.ts'
import type { Memories } from '../../../core/model/memory.ts'
import { type Rollout, withEntry } from '../../../core/model/rollout.ts'
import type { Verdict } from '../../../core/model/verdict.ts'
import { withVerdicts } from '../../../core/model/verdict-series.ts'
import { someRollout } from '../../fixtures/records.ts'
import { createWorld, definition } from '../../fixtures/world.ts'

/** DynamoDB's own. */
const MOST_BYTES = 400 * 1024

/**
 * Of an item, as DynamoDB counts it.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
function sizeOf(value: unknown): number {
  const [[type, held] = ['', undefined]] = Object.entries(value as Record<string, unknown>)
  if (type === 'S') return Buffer.byteLength(String(held))
  if (type === 'N') return Math.ceil(String(held).replace(/[^\d]/g, '').length / 2) + 2
  if (type === 'L')
    return (held as unknown[]).reduce<number>((sum, one) => sum + 1 + sizeOf(one), 3)
  if (type === 'M') return 3 + attributesOf(held as Record<string, unknown>)
  return 1
}

function attributesOf(item: Record<string, unknown>): number {
  const entries = Object.entries(item)
  return entries.reduce((sum, [name, one]) => sum + 1 + Buffer.byteLength(name) + sizeOf(one), 0)
}

const LAMBDA = `arn:aws:lambda:us-east-1:123456789012:function:${'f'.repeat(64)}`
const LONG = 'ünübersehbar lang · '.repeat(200)

/** Fifty checks of the kinds that keep and say the most, under a plan of a hundred steps. */
function largestDefinition() {
  const name = (n: number) => `${n}-`.padEnd(40, 'x')
  const checks = Array.from({ length: 50 }, (_, n) => {
    if (n % 5 === 4) return { type: 'custom', name: name(n), function: LAMBDA }
    if (n % 5 === 3) return { type: 'compare', name: name(n), slowerThan: `${n}0ms` }
    return { type: 'compare', name: name(n) }
  })
  const hook = (n: number) => ({ name: name(n), function: LAMBDA, timeout: '3s', deadline: '1s' })
  const hooks = [0, 1, 2, 3, 4].map(hook)
  const plan = Array.from({ length: 100 }, (_, n) => ({ weight: n + 1, bake: '1m' }))
  return definition({
    checks,
    hooks: { beforeTraffic: hooks, afterStep: hooks, beforePromote: hooks, afterFailBack: hooks },
    plan,
    interval: '1h',
    maxExtension: '0s',
    capacity: { deadline: '1s' },
    promoteEarly: {},
  })
}

describe('the record of a rollout', () => {
  it('has room for fifty checks through the longest rollout, with all that they say and keep', async () => {
    const parsed = parseDefinition(largestDefinition())
    const world = createWorld()
    let look = 0
    world.reach.metrics.read = async (queries, { from, to }) =>
      Object.fromEntries(
        queries.map(({ id }) => {
          const value = id.endsWith('fast') ? 99.123_456 : id.endsWith('bad') ? 123 : 123_456
          const points = []
          for (let at = from; at < to; at += 60_000) points.push({ at, value: value + (look % 7) })
          return [id, points]
        }),
      )
    const numbers = Object.fromEntries(
      Array.from({ length: 20 }, (_, n) => [`${n}`.padEnd(40, 'n'), Math.PI * 1e6 + n]),
    )
    world.reach.lambdas.invoke = async () => ({
      kind: 'answered',
      payload: { status: look % 2 ? 'pass' : 'in-progress', reason: LONG, retryAfter: 1, numbers },
    })

    const startedAt = world.clock.now()
    let evidence: Verdict[] = []
    let memory: Memories = {}
    let series: Rollout['series'] = {}
    const looks = mostLooks(parsed)
    expect(looks).toBeGreaterThan(500)
    for (look = 0; look < looks; look++) {
      world.clock.advance(60)
      const now = world.clock.now()
      const step = 1 + Math.floor((look * 100) / looks)
      const context: CheckContext = {
        now,
        canary: 'c'.repeat(64),
        rollout: `${'c'.repeat(64)}-1`,
        candidate: 'green',
        slots: parsed.slots,
        revision: 'web:2',
        supersedes: true,
        rolloutStartedAt: startedAt,
        step,
        steps: 100,
        weight: step,
        stepStartedAt: startedAt + Math.floor((step - 1) * (looks / 100)) * 60_000,
        interval: 60,
        looks: look,
        alphas: parsed.checks.flatMap((check) => (check.type === 'compare' ? check.alpha : [])),
        promoteEarlyBound: parsed.promoteEarly?.bound,
      }
      const ports = { ...world.reach, http: world.ports.http }
      const judged = await judge(ports, parsed.checks, context, { evidence, memory })
      evidence = judged.verdicts
      memory = judged.memory
      series = withVerdicts(series, evidence, { now, startedAt })
    }

    let rollout = someRollout({ definition: parsed, baseline: { blue: 999, green: 0 } })
    for (let n = 0; n < 600; n++) {
      const weight = n < 200 ? { weight: n / 2 } : {}
      const why = n < 200 ? `to ${n / 2} %, step ${n / 2} of 100` : `${n} ${LONG}`
      const who = n < 200 ? `${'c'.repeat(64)}-1` : LAMBDA
      rollout = withEntry(rollout, { at: startedAt + n, what: 'hook passed', why, who, ...weight })
    }
    const run = {
      id: `${'c'.repeat(64)}-1/afterStep/100/${'x'.repeat(40)}`,
      status: 'pass' as const,
      reason: LONG.slice(0, 250),
      since: startedAt,
      invocations: 9,
      failures: 0,
    }
    const hooks = Object.fromEntries(
      Array.from({ length: 20 }, (_, n) => [`afterFailBack/${n}`.padEnd(60, 'x'), run]),
    )
    const signals = Object.fromEntries(
      Array.from({ length: 50 }, (_, n) => {
        const id = `task-stopped:arn:aws:ecs:us-east-1:123456789012:task/shop/${n}`.padEnd(120, 'x')
        const signal = {
          id,
          kind: 'task-stopped' as const,
          number: n,
          step: 1,
          at: startedAt,
          who: id,
          why: id.repeat(2),
        }
        return [id, { ...signal, seenAt: startedAt }]
      }),
    )
    const full: Rollout = { ...rollout, evidence, memory, series: series ?? {}, hooks, signals }
    const item = rolloutCodec.encode(full)
    const parts = Object.fromEntries(
      Object.entries(item).map(([name, value]) => [name, sizeOf(value)]),
    )
    expect(attributesOf(item), JSON.stringify(parts)).toBeLessThan(MOST_BYTES)
    expect(rolloutCodec.decode({ ...item, ...marshall({ Canary: 'shop', Record: 'r' }) })).toEqual({
      ...full,
      canary: 'shop',
    })
  })
})
