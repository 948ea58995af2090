import { beforeEach, describe, expect, it } from 'vitest'
import { signal } from '../../../core/use-cases/signal.ts'
import { type Drive, newestRollout, startRollout } from '../../fixtures/drive.ts'
import { createWorld, definition, service, type World } from '../../fixtures/world.ts'

const MINUTE = 60_000

let world: World
let drive: Drive
beforeEach(() => {
  world = createWorld()
})

const rate = {
  type: 'metric',
  name: 'rate',
  source: { namespace: 'Shop', metric: 'errors' },
  per: { namespace: 'Shop', metric: 'requests' },
  above: 0.01,
  window: '2m',
  minimumSample: 100,
}

/** So many requests a minute from now on for half a day, and not one error. */
function requests(count: number): void {
  const from = world.clock.now() - 5 * MINUTE
  const earlier = (world.series.requests ?? []).filter(({ at }) => at < from)
  const later = Array.from({ length: 720 }, (_, n) => ({ at: from + n * MINUTE, value: count }))
  world.series.requests = [...earlier, ...later]
  world.series.errors = world.series.requests.map(({ at }) => ({ at, value: 0 }))
}

async function started(changes: Record<string, unknown>): Promise<void> {
  world.store.definitions.set('web', definition({ checks: [rate], ...changes }))
  drive = await (await startRollout(world)).until('Wait Until Ready')
}

/** Until a gate of this kind is on the record. */
async function closed(kind: string): Promise<void> {
  for (let n = 0; newestRollout(world).gate?.kind !== kind; n++) {
    if (n > 300 || drive.state === 'Ended')
      throw new Error(`never closed: ${drive.position.reason}`)
    await drive.step()
  }
}

describe('while a gate is closed and there is too little traffic for the checks', () => {
  it('a line that was started again holds nothing: the extension runs out as it would have', async () => {
    requests(1_000)
    await started({})
    await drive.until('Assess')
    world.store.line = { stopped: true }
    await closed('line')
    requests(1)
    await drive.until('Assess')
    await drive.step()
    world.store.line = { stopped: false }
    const since = world.clock.now()
    await drive.until('Ended', 400)
    expect(drive.position.reason).toMatch(/^no clear answer after 60 s more/)
    expect(world.clock.now() - since).toBeLessThan(10 * MINUTE)
  })

  it('a freeze that is over is looked at no more often than before', async () => {
    requests(1_000)
    await started({ maxExtension: '10m' })
    await drive.until('Assess')
    const end = new Date(world.clock.now() + 20 * MINUTE).toISOString().slice(0, 16)
    const freeze = [{ from: '2026-01-01', to: `${end}Z` }]
    world.store.definitions.set('web', definition({ checks: [rate], freeze }))
    await closed('freeze')
    requests(1)
    while (world.clock.now() < Date.parse(`${end}Z`) + MINUTE) await drive.step()
    const { looks } = newestRollout(world)
    expect(newestRollout(world)).not.toHaveProperty('gate')
    const since = world.clock.now()
    await drive.until('Ended')
    expect(drive.position.reason).toMatch(/^no clear answer after 600 s more/)
    const most = (world.clock.now() - since) / 10_000
    expect(newestRollout(world).looks - looks).toBeLessThanOrEqual(most + 2)
  })

  it('an approval that was given is waited for no longer, and not asked for again', async () => {
    requests(1_000)
    await started({
      maxExtension: '30m',
      plan: [
        { weight: 10, bake: '1m' },
        { weight: 100, bake: '1m', approval: true },
      ],
    })
    await closed('approval')
    requests(1)
    while (newestRollout(world).status !== 'baking') await drive.step()
    const approve = (id: string) =>
      signal(world.ports, { canary: 'web', id, kind: 'approve', who: 'ada', why: 'go' })
    expect(await approve('a')).toMatchObject({ kind: 'recorded' })
    expect(await approve('b')).toMatchObject({ kind: 'duplicate' })
    await drive.until('Assess')
    await drive.step()
    expect(newestRollout(world)).not.toHaveProperty('gate')
    expect(await approve('c')).toMatchObject({ kind: 'refused' })
    requests(1_000)
    await drive.until('Verify Shift')
    expect(newestRollout(world)).toMatchObject({ step: 2, weight: 100 })
  })

  it('an approval that the definition gives counts, although the step is not clear then', async () => {
    requests(1_000)
    await started({
      maxExtension: '30m',
      approval: { timeout: '5m', onTimeout: 'approve' },
      plan: [
        { weight: 10, bake: '1m' },
        { weight: 100, bake: '1m', approval: true },
      ],
    })
    await closed('approval')
    requests(1)
    const over = (newestRollout(world).gate?.until ?? 0) + MINUTE
    while (world.clock.now() < over) await drive.step()
    expect(newestRollout(world)).not.toHaveProperty('gate')
    requests(1_000)
    await drive.until('Verify Shift')
    expect(newestRollout(world)).toMatchObject({ step: 2 })
    expect(world.clock.now() - over).toBeLessThan(4 * MINUTE)
  })
})

it('an approval that the definition gives before the first step is kept while tasks lack', async () => {
  world.services.set('shop/web-blue', service('web-blue', 'web:1', { desiredCount: 10 }))
  await started({
    checks: [{ type: 'ecs' }],
    capacity: { deadline: '10m' },
    approval: { timeout: '5m', onTimeout: 'approve' },
    plan: [{ weight: 100, bake: '1m', approval: true }],
  })
  await closed('approval')
  await closed('capacity')
  const since = world.clock.now()
  await drive.until('Ended')
  expect(drive.position.reason).toMatch(/runs 2 of the 10 tasks .* for 10m/)
  expect(world.clock.now() - since).toBeLessThan(11 * MINUTE)
})
