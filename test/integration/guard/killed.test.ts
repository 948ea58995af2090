import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FUNCTIONS } from '../../../infra/function-names.ts'
import { type Cut, isOurs, type Place, placeOf, recordCuts, workOf } from './cuts.ts'
import { createStage, expectSound, play, type Stage } from './scenes.ts'

/**
 * Every function dies in the middle, and is tried again by whoever called it: the workflow's Retry, Lambda's queue, the
 * table's stream, a person. Where there is something to die in is told by an undisturbed run of the scenes.
 */
let stage: Stage
let cuts: ReadonlyMap<Place, Cut>
/** Places in which a function has died. */
const died = new Set<Place>()

beforeAll(async () => {
  stage = await createStage()
  cuts = await recordCuts(stage)
})
afterAll(() => stage.canary.close())

/** Each piece of work loses one process, in the first place where none has died before. */
function dieOnce(): void {
  const dead = new Set<string>()
  stage.processes.atCall(async (call, effect) => {
    const { invocation, index } = call
    if (!isOurs(invocation) || dead.has(workOf(call))) return
    const { fn, calls } = invocation
    const before = placeOf(fn, [])
    const place = index === 0 && !died.has(before) ? before : placeOf(fn, calls)
    if (died.has(place)) return
    dead.add(workOf(call))
    died.add(place)
    if (place !== before) await effect()
    return 'dies'
  })
}

describe('a function that dies between two calls of AWS, before the effect or with the answer lost', () => {
  it('is tried again, and the rollout ends as if nothing had happened', async () => {
    for (const [place, { scene }] of cuts) {
      while (!died.has(place)) {
        const known = died.size
        dieOnce()
        const played = await play(stage, scene)
        await expectSound(
          stage,
          played,
          `${scene.name}, dead at ${[...died].slice(known).join('; ')}`,
        )
        expect(played.record.Outcome, `${played.record.Reason}`).toBe(scene.ends)
        if (died.size === known) throw new Error(`nothing dies at ${place} in "${scene.name}"`)
      }
    }
  })

  it.each(FUNCTIONS)('has died in every place of %s', (fn) => {
    const places = [...cuts.keys()].filter((place) => cuts.get(place)?.fn === fn)
    expect(places.length, `no scene has ${fn} call AWS: add one that does`).toBeGreaterThan(1)
    expect(places.filter((place) => !died.has(place))).toEqual([])
  })
})
