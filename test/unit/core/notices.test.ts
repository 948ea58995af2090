import { describe, expect, it } from 'vitest'
import { noticeOf } from '../../../core/model/notice.ts'
import type { SignalKind } from '../../../core/model/signal.ts'
import { signal } from '../../../core/use-cases/signal.ts'
import { newestRollout, startRollout } from '../../fixtures/drive.ts'
import { createWorld, targetGroup, type World } from '../../fixtures/world.ts'

const told = ({ notices }: World) =>
  notices.map(({ state, severity, message }) => [state, severity, message])

describe('what a chat is told', () => {
  it('of a promotion: each shift, and what is live in the end', async () => {
    const world = createWorld()
    await (await startRollout(world)).until('Ended')
    expect(told(world)).toEqual([
      [
        'started',
        'info',
        'web: web:2 begins to be rolled out to green (web-1), with 0 % of the traffic so far. Waiting until web:2 is ready in green.',
      ],
      [
        'shifted',
        'info',
        'web: web:2 has 10 % of the traffic (web-1). Green has 10 % of the traffic, step 1 of 3.',
      ],
      [
        'shifted',
        'info',
        'web: web:2 has 50 % of the traffic (web-1). Green has 50 % of the traffic, step 2 of 3.',
      ],
      [
        'shifted',
        'info',
        'web: web:2 has 100 % of the traffic (web-1). Green has 100 % of the traffic, step 3 of 3.',
      ],
      [
        'promoted',
        'info',
        'web: web:2 is promoted: green is live with 100 % of the traffic (web-1). All checks pass after 60 s at 100 %.',
      ],
    ])
  })

  it('of harm: how far it had come, why, and that it is critical', async () => {
    const world = createWorld()
    const drive = await (await startRollout(world)).until('Assess')
    world.targets.set(targetGroup('green'), ['unhealthy', 'unhealthy'])
    await drive.until('Ended')
    const last = world.notices.at(-1)
    expect(last).toMatchObject({ state: 'failed-back', severity: 'critical', execution: 'web-1' })
    expect(last?.message).toMatch(
      /^web: web:2 failed back after 10 % \(web-1\); the traffic is as it was before\. .+\.$/,
    )
  })

  it('of what a person ended: a warning and no more, with who and why', async () => {
    const world = createWorld()
    const drive = await (await startRollout(world)).until('Assess')
    const wish = { canary: 'web', kind: 'abort', who: 'ada', why: 'wrong build', id: 'a' } as const
    await signal(world.ports, wish)
    await drive.until('Ended')
    expect(told(world).at(-1)).toEqual([
      'failed-back',
      'warning',
      'web: web:2 failed back after 10 % (web-1); the traffic is as it was before. Aborted by ada (not verified): wrong build.',
    ])
  })

  it.each<[SignalKind, string]>([
    ['reject', 'warning'],
    ['newer-revision', 'warning'],
    ['alarm', 'critical'],
    ['task-stopped', 'critical'],
  ])('a fail back after %s is a matter of: %s', async (kind, severity) => {
    const world = createWorld()
    await (await startRollout(world)).until('Assess')
    const one = { id: 'a', kind, number: 1, step: 1, at: 1, who: 'ada', why: 'so' }
    const record = { ...newestRollout(world), signals: { a: one } }
    expect(noticeOf(record, 'failed-back', 1, 'so').severity).toBe(severity)
    expect(noticeOf(record, 'held', 1, 'so').severity).toBe('warning')
  })

  it('of a rollout that never had traffic', async () => {
    const world = createWorld()
    const drive = await startRollout(world)
    world.services.clear()
    await drive.until('Ended')
    expect(world.notices.at(-1)?.message).toContain('web:2 failed back before it had traffic')
  })
})
