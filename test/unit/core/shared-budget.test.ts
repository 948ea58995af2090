import { expect, it } from 'vitest'
import { newestRollout, startRollout } from '../../fixtures/drive.ts'
import { createWorld, definition } from '../../fixtures/world.ts'

/** The limit that each check's evidence is held against at the first look of a rollout. */
async function limits(checks: readonly object[]) {
  const world = createWorld()
  world.store.definitions.set('web', definition({ checks }))
  const drive = await startRollout(world)
  await drive.until('Assess')
  await drive.step()
  return newestRollout(world).evidence.map(({ numbers }) => Math.round(numbers.limit ?? 0))
}

const compares = (count: number, more: object = {}) =>
  Array.from({ length: count }, (_, n) => ({
    type: 'compare',
    name: `${JSON.stringify(more).length}-${n}`,
    ...more,
  }))

it('comparisons that can fail the rollout share its budget of errors, and those that cannot take nothing of it', async () => {
  expect(await limits(compares(5))).toEqual(new Array(5).fill(100))
  expect(await limits([...compares(5), ...compares(5, { effect: 'veto' })])).toEqual(
    new Array(10).fill(200),
  )
  expect(await limits([...compares(5), ...compares(5, { effect: 'advisory' })])).toEqual(
    new Array(10).fill(100),
  )
})
