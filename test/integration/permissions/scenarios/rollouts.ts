import type { RouterType } from '../../../fixtures/in-process/environment.ts'
import { revision } from '../../../fixtures/in-process/environment.ts'
import {
  achieved,
  begin,
  ended,
  expectSame,
  FAILED_BACK,
  HELD_AND_FAILED_BACK,
  PROMOTED,
  QUICK,
  ROUTERS,
  type Scenario,
  until,
} from '../scenario.ts'
import { METRIC, putAlarm } from './alarm-and-metric.ts'

const promotes = (router: RouterType): Scenario => ({
  name: `promotes on ${router}`,
  options: { router, tasks: 1, definition: QUICK },
  async run(canary) {
    await begin(canary)
    await ended(canary, 1, 'promoted', PROMOTED)
    expectSame("blue's weight", (await canary.weights()).blue, 0)
  },
})

const failsBack = (router: RouterType): Scenario => ({
  name: `fails back on ${router}`,
  options: { router, tasks: 1, definition: QUICK },
  async run(canary) {
    await begin(canary)
    const baseline = await canary.weights()
    await achieved(canary, 50)
    canary.healthOf('green', 'unhealthy')
    await ended(canary, 1, 'failed-back', FAILED_BACK)
    expectSame('the weights', await canary.weights(), baseline)
  },
})

/** The news of it come from the function that waits until the candidate is ready. */
const tries: Scenario = {
  name: 'is tried without traffic',
  options: { tasks: 1, definition: { ...QUICK, testWindow: '30s' } },
  async run(canary) {
    await begin(canary)
    const told = [...PROMOTED.slice(0, 1), 'held', ...PROMOTED.slice(1)]
    await ended(canary, 1, 'promoted', told)
  },
}

/** A metric needs a whole period within the step. */
const MINUTES = { plan: [{ weight: 100, bake: '2m' }] }

const watches: Scenario = {
  name: 'watches alarms and metrics',
  options: {
    tasks: 1,
    definition: { ...QUICK, ...MINUTES, checks: [METRIC, { type: 'alarms', alarms: ['errors'] }] },
  },
  async run(canary) {
    await putAlarm(canary)
    const record = () => canary.aws.cloudwatch.record('Shop', 'Errors', {}, 0)
    record()
    const keepsComing = setInterval(record, 5_000)
    await begin(canary)
    await ended(canary, 1, 'promoted', PROMOTED).finally(() => clearInterval(keepsComing))
  },
}

const scales: Scenario = {
  name: 'scales the candidate, and back',
  options: { tasks: 1, definition: { ...QUICK, capacity: { policy: 'scale', deadline: '5m' } } },
  async run(canary) {
    const wanted = () => canary.aws.ecs.state.services.get('shop/green')?.desiredCount
    await canary.surroundings.scale('blue', 2)
    await begin(canary)
    await achieved(canary, 100)
    expectSame('what green wants', wanted(), 2)
    canary.healthOf('green', 'unhealthy')
    await ended(canary, 1, 'failed-back', HELD_AND_FAILED_BACK)
    expectSame('what green wants', wanted(), 1)
  },
}

/** The outcome stands, and `Promote` cannot settle it: `Fail Back` does. */
const settledLate: Scenario = {
  name: 'settles a promotion late',
  options: { tasks: 1, definition: { ...QUICK, checks: [{ type: 'targets' }] } },
  async run(canary) {
    const failedBack = () => canary.invocations.some(({ fn }) => fn === 'fail-back')
    await begin(canary)
    await achieved(canary, 100)
    const by = async () => {
      const decided = (await canary.rollout(1))?.Outcome === 'promoted'
      if (decided && !failedBack()) throw Object.assign(new Error('reset'), { code: 'ECONNRESET' })
    }
    canary.network.interrupt('DescribeServices', { kind: 'preceded', by }, 20_000)
    await until(canary, 'Fail Back is asked', failedBack, 4 * 3_600)
    const settled = async () => (await canary.state())?.Live === 'green'
    await until(canary, 'green is live', settled, 600)
    await ended(canary, 1, 'promoted', PROMOTED)
  },
}

/** The table's stream heals what `trigger` could not start; it starts by itself nevertheless. */
const unfollowed: Scenario = {
  name: 'starts although nobody follows the table',
  options: { tasks: 1, definition: QUICK },
  async run(canary) {
    await canary.define()
    for (const { name, inline } of canary.aws.iam.state.roles()) {
      if (!name.endsWith('-retrigger')) continue
      for (const policy of inline.keys()) canary.aws.iam.state.removeRolePolicy(name, policy)
    }
    await canary.surroundings.deploy('green', revision(2))
    await ended(canary, 1, 'promoted', PROMOTED)
  },
}

export const ROLLOUTS: readonly Scenario[] = [
  ...ROUTERS.map(promotes),
  ...ROUTERS.map(failsBack),
  tries,
  watches,
  scales,
  settledLate,
  unfollowed,
]
