import { beforeEach, describe, expect, it } from 'vitest'
import { DefinitionError, UnknownCanaryError } from '../../../core/errors.ts'
import { claimed, newState } from '../../../core/model/canary-state.ts'
import { planRollout } from '../../../core/use-cases/plan-rollout.ts'
import { createWorld, definition, service, type World } from '../../fixtures/world.ts'

let world: World
beforeEach(() => {
  world = createWorld()
  put()
})

const state = newState('web', 'blue', { blue: 'shop/web-blue', green: 'shop/web-green' })
const put = (changes: object = {}) => world.store.states.set('web', { ...state, ...changes })
const defined = (changes: Record<string, unknown>) =>
  world.store.definitions.set('web', definition(changes))
const plan = () => planRollout(world.ports, 'web')
const seconds = (time: number) => (time - world.clock.now()) / 1_000

describe('the plan of a rollout', () => {
  it('tells each step with its weights, and when it would be promoted', async () => {
    const planned = await plan()
    expect(planned).toMatchObject({
      rollout: 'web-1',
      live: 'blue',
      candidate: 'green',
      revision: 'web:2',
      place: 'rule/1',
      baseline: { blue: 999, green: 0 },
      interval: 10,
    })
    expect(seconds(planned.earliestEnd)).toBe(180)
    expect(
      planned.steps.map(({ weight, achieved, from, bake, tasks }) => [
        weight,
        achieved,
        seconds(from),
        bake,
        tasks,
      ]),
    ).toEqual([
      [10, 10, 0, 60, 1],
      [50, 50, 60, 60, 1],
      [100, 100, 120, 60, 2],
    ])
    expect(planned.steps.at(-1)?.weights).toEqual({ blue: 0, green: 999 })
    expect(planned.checks.map(({ name }) => name)).toEqual(['ecs', 'targets'])
  })

  it('goes the other way once green is live', async () => {
    put({ live: 'green', attempt: 7 })
    world.router.weights = { blue: 0, green: 999 }
    const planned = await plan()
    expect(planned).toMatchObject({ rollout: 'web-8', live: 'green', candidate: 'blue' })
    expect(planned.steps.at(-1)?.weights).toEqual({ blue: 999, green: 0 })
  })

  it('changes nothing and starts nothing', async () => {
    await plan()
    expect(world.store.writes).toBe(0)
    expect(world.router.written).toEqual([])
    expect(world.executions.size).toBe(0)
  })

  it('says what a router’s units make of a weight, and where two steps are the same', async () => {
    Object.defineProperty(world.router, 'maxWeight', { value: 9 })
    world.router.weights = { blue: 9, green: 0 }
    defined({
      plan: [
        { weight: 1, bake: '1m' },
        { weight: 2, bake: '1m' },
        { weight: 100, bake: '1m' },
      ],
    })
    const { steps } = await plan()
    expect(steps[0]?.notes).toEqual(['1 % becomes 10 %'])
    expect(steps[1]?.notes).toEqual([
      '2 % becomes 10 %',
      'the same weights as step 1: the traffic does not change',
    ])
    expect(steps[2]?.notes).toEqual([])
  })

  it.each([
    ['wait', 'needs 4 tasks, and 2 are wanted: waits up to 10m'],
    ['scale', 'needs 4 tasks, and 2 are wanted: the desired count is raised'],
    ['off', undefined],
  ])('says which tasks a share needs: capacity %s', async (policy, note) => {
    world.services.set('shop/web-blue', service('web-blue', 'web:1', { desiredCount: 4 }))
    defined({ capacity: { policy } })
    const last = (await plan()).steps.at(-1)
    expect(last?.tasks).toBe(policy === 'off' ? undefined : 4)
    expect(last?.notes.join()).toContain(note ?? '')
    expect(last?.notes).toHaveLength(note === undefined ? 0 : 1)
  })

  it('counts what clients hold, and what may end early', async () => {
    world.router.ttl = 30
    expect(seconds((await plan()).earliestEnd)).toBe(3 * (60 + 30))
    defined({
      checks: [{ type: 'ecs' }, { type: 'compare', minimumSample: 1 }],
      promoteEarly: { minimumBake: '20s' },
      slots: {
        blue: { ...(definition().slots as { blue: object }).blue, loadBalancer: BALANCER },
        green: { ...(definition().slots as { green: object }).green, loadBalancer: BALANCER },
      },
    })
    expect(seconds((await plan()).earliestEnd)).toBe(3 * (20 + 30))
  })

  it('names the functions that would be called, and when', async () => {
    const asked = 'arn:aws:lambda:us-east-1:123456789012:function:ask'
    defined({
      hooks: {
        beforeTraffic: [{ name: 'smoke', function: asked }],
        beforePromote: [{ name: 'sign-off', function: asked }],
      },
      checks: [{ type: 'ecs' }, { type: 'custom', name: 'orders', function: asked }],
    })
    expect((await plan()).calls).toEqual([
      { when: 'beforeTraffic', name: 'smoke', function: asked },
      { when: 'beforePromote', name: 'sign-off', function: asked },
      { when: 'every look', name: 'orders', function: asked },
    ])
  })

  it('says what would keep it from beginning', async () => {
    put(claimed(state, 'web:2'))
    world.router.weights = { blue: 900, green: 99 }
    world.services.set('shop/web-green', service('web-green', 'web:1', { desiredCount: 0 }))
    const { notes } = await plan()
    const told = notes.join('\n')
    expect(told).toContain('rollout web-1 is active now')
    expect(told).toContain('green has 9.9 % of the traffic already')
    expect(told).toContain('green (shop/web-green) wants no tasks')
    expect(told).toContain('the same revision')
  })

  it('tells the gates: a test window, approvals, and what is frozen', async () => {
    world.clock.time = Date.UTC(2026, 0, 2, 17, 58)
    defined({
      testWindow: '1m',
      approval: { beforePromote: true, timeout: '2h' },
      freeze: [{ from: '2026-01-02T18:00', to: '2026-01-03T06:00' }],
      plan: [
        { weight: 10, bake: '5m' },
        { weight: 100, bake: '5m', approval: true },
      ],
    })
    const { steps, earliestEnd, notes } = await plan()
    expect(steps[0]?.notes).toEqual(['only after 1m without traffic, for people to try it'])
    expect(new Date(steps[0]?.from ?? 0).toISOString()).toContain('2026-01-02T17:59')
    expect(new Date(steps[1]?.from ?? 0).toISOString()).toContain('2026-01-03T06:00')
    expect(steps[1]).toMatchObject({ approval: true })
    expect(steps[1]?.notes).toEqual([
      'frozen until 2026-01-03T06:00Z',
      'a person is asked before, and after 2h without an answer it fails back',
    ])
    expect(new Date(earliestEnd).toISOString()).toContain('2026-01-03T06:05')
    expect(notes.join()).toContain('before the promotion: a person is asked')
  })

  it('of a canary that is new is told by its definition alone', async () => {
    world.store.states.clear()
    expect(await plan()).toMatchObject({ rollout: 'web-1', live: 'blue' })
  })

  it('is refused without a canary, a definition or a service', async () => {
    world.services.delete('shop/web-green')
    await expect(plan()).rejects.toThrow('slots.green.service ("shop/web-green")')
    world.store.definitions.clear()
    await expect(plan()).rejects.toThrow(DefinitionError)
    world.store.states.clear()
    await expect(plan()).rejects.toThrow(UnknownCanaryError)
  })
})

const BALANCER = 'arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/web/1'
