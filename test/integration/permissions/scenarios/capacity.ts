import type { Slot } from '../../../../core/model/slot.ts'
import {
  type RouterType,
  revision,
  scalableTarget,
} from '../../../fixtures/in-process/environment.ts'
import type { LocalCanary } from '../../../fixtures/in-process/local-canary.ts'
import {
  achieved,
  begin,
  ended,
  expectSame,
  HELD_AND_FAILED_BACK,
  PROMOTED,
  QUICK,
  ROUTERS,
  type Scenario,
  until,
} from '../scenario.ts'

const wanted = ({ aws }: LocalCanary, slot: Slot) =>
  aws.ecs.state.services.get(`shop/${slot}`)?.desiredCount
const minimum = ({ aws }: LocalCanary, slot: Slot) =>
  aws.autoscaling.targets.get(scalableTarget(slot))?.minimum

const ONE_STEP = { plan: [{ weight: 100, bake: '20s' }] }
const SCALED_DOWN = { scaleDown: { after: '30s', to: 0 } }

const scalesDown = (router: RouterType): Scenario => ({
  name: `scales the old slot down on ${router}`,
  options: { router, tasks: 1, definition: { ...QUICK, ...ONE_STEP, ...SCALED_DOWN } },
  async run(canary) {
    await canary.surroundings.autoscale('blue', 1, 4)
    await begin(canary)
    await ended(canary, 1, 'promoted', PROMOTED)
    await until(canary, 'blue has no tasks', () => wanted(canary, 'blue') === 0, 120)
    expectSame("blue's minimum", minimum(canary, 'blue'), 0)
  },
})

/** Nobody looks at capacity: only `Promote` gives the minimum back. */
const givesMinimumBack: Scenario = {
  name: 'gives a slot that was scaled down its minimum back',
  options: {
    tasks: 1,
    definition: { ...QUICK, ...ONE_STEP, ...SCALED_DOWN, capacity: { policy: 'off' } },
  },
  async run(canary) {
    await canary.surroundings.autoscale('blue', 1, 4)
    await begin(canary)
    await ended(canary, 1, 'promoted', PROMOTED)
    await until(canary, 'blue has no tasks', () => wanted(canary, 'blue') === 0, 120)
    await canary.surroundings.deploy('blue', revision(3))
    await ended(canary, 2, 'promoted', PROMOTED)
    expectSame("blue's minimum", minimum(canary, 'blue'), 1)
  },
}

const SCALES = { capacity: { policy: 'scale', deadline: '5m' } }

/** Autoscaling must not take away what the next share needs: its minimum goes up with the candidate. */
const scalesBack: Scenario = {
  name: 'scales a candidate that is autoscaled, and back',
  options: { tasks: 1, definition: { ...QUICK, ...SCALES } },
  async run(canary) {
    await canary.surroundings.autoscale('green', 0, 4)
    await canary.surroundings.scale('blue', 2)
    await begin(canary)
    await achieved(canary, 100)
    expectSame(
      "green's tasks and minimum",
      [wanted(canary, 'green'), minimum(canary, 'green')],
      [2, 2],
    )
    canary.healthOf('green', 'unhealthy')
    await ended(canary, 1, 'failed-back', HELD_AND_FAILED_BACK)
    expectSame(
      "green's tasks and minimum",
      [wanted(canary, 'green'), minimum(canary, 'green')],
      [1, 0],
    )
  },
}

const scalesForGood: Scenario = {
  name: 'scales a candidate that is autoscaled, and promotes it',
  options: { tasks: 1, definition: { ...QUICK, ...ONE_STEP, ...SCALES } },
  async run(canary) {
    await canary.surroundings.autoscale('green', 0, 4)
    await begin(canary)
    await achieved(canary, 100)
    expectSame("green's minimum", minimum(canary, 'green'), 1)
    await ended(canary, 1, 'promoted', PROMOTED)
    expectSame(
      "green's tasks and minimum",
      [wanted(canary, 'green'), minimum(canary, 'green')],
      [1, 0],
    )
  },
}

export const CAPACITY: readonly Scenario[] = [
  ...ROUTERS.map(scalesDown),
  givesMinimumBack,
  scalesBack,
  scalesForGood,
]
