import { expect, it } from 'vitest'
import type { Strangers } from '../../../core/ports.ts'
import { startRollout } from '../../fixtures/drive.ts'
import { createWorld, targetGroup } from '../../fixtures/world.ts'

it('only a fail back puts up with what somebody added beside the slots', async () => {
  const world = createWorld()
  const { router } = world
  const asked: (Strangers | undefined)[] = []
  const set = router.set.bind(router)
  const verify = router.verify.bind(router)
  Object.assign(router, {
    set: (weights: Parameters<typeof set>[0], strangers?: Strangers) => {
      asked.push(strangers)
      return set(weights)
    },
    verify: (change: Parameters<typeof verify>[0], strangers?: Strangers) => {
      asked.push(strangers)
      return verify(change)
    },
  })
  const drive = await (await startRollout(world)).until('Bake')
  expect(asked).toEqual([undefined, undefined])
  world.targets.set(targetGroup('green'), ['unhealthy'])
  await drive.until('Ended')
  expect(asked).toEqual([undefined, undefined, 'kept', 'kept'])
})
