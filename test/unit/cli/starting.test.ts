import { expect, test } from 'vitest'
import { tellStarting } from '../../../cli/follow/starting.ts'
import type { ServiceView } from '../../../core/ports.ts'

const revision = 'arn:aws:ecs:us-east-1:123456789012:task-definition/shop:7'

type Changes = Partial<Omit<ServiceView, 'primary'>> & {
  readonly primary?: Partial<ServiceView['primary']>
}

function serviceView({ primary, ...changes }: Changes): ServiceView {
  return {
    ref: { cluster: 'shop', service: 'green' },
    desiredCount: 2,
    runningCount: 0,
    pendingCount: 0,
    steady: false,
    ...changes,
    primary: {
      id: 'ecs-svc/1',
      revision,
      desiredCount: 2,
      runningCount: 0,
      failedTasks: 3,
      rolloutState: 'FAILED',
      ...primary,
    },
  }
}

function waiting(...views: readonly (ServiceView | undefined)[]) {
  const left = [...views]
  const clock = { time: 0, now: () => clock.time }
  const told = tellStarting({ canary: 'web', service: 'shop/green', revision }, clock, async () =>
    left.shift(),
  )
  return (after: number) => {
    clock.time += after
    return told()
  }
}

const BEGINS = 'waiting for the rollout of shop:7 to begin'

test('how far the tasks are is told, with a look at ECS each five seconds', async () => {
  const look = waiting(
    serviceView({ primary: { failedTasks: 0, rolloutState: 'IN_PROGRESS' } }),
    serviceView({ runningCount: 2, primary: { failedTasks: 2, rolloutState: 'IN_PROGRESS' } }),
    undefined,
  )
  expect(await look(1_000)).toBe(BEGINS)
  expect(await look(4_000)).toBe(`${BEGINS} (0 of 2 tasks run, 0 failed to start)`)
  expect(await look(4_999)).toBe(`${BEGINS} (0 of 2 tasks run, 0 failed to start)`)
  expect(await look(1)).toBe(`${BEGINS} (0 of 2 tasks run, 2 failed to start)`)
  expect(await look(5_000)).toBe(`${BEGINS} (the service is gone)`)
})

test('once ECS has given up on the revision there is nothing to wait for', async () => {
  // Tasks of the revision before it run on.
  const look = waiting(serviceView({ runningCount: 2 }))
  await expect(look(5_000)).rejects.toThrow(
    'no rollout of shop:7 begins: ECS gave up on shop/green after 3 tasks that did not start',
  )
})

test.each([
  ['another revision', { primary: { revision: `${revision}0` } }],
  ['a revision with a task that runs', { primary: { runningCount: 1 } }],
] as const)('it waits on where ECS has given up on %s', async (_, changes) => {
  expect(await waiting(serviceView(changes))(5_000)).toContain(BEGINS)
})
