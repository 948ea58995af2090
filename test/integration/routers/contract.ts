import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { RouterError, TransientError } from '../../../core/errors.ts'
import type { SlotWeights } from '../../../core/model/routing.ts'
import type { TrafficRouter } from '../../../core/ports.ts'
import type { LocalNetwork } from '../../fixtures/local-network.ts'

/** A router over local AWS, and a person beside it. The weights stand at blue 3, green 1. */
export interface RouterWorld {
  readonly router: TrafficRouter
  readonly network: Pick<LocalNetwork, 'asked' | 'interrupt' | 'refuse'>
  /** The operation that changes the weights, and the one that reads them. */
  readonly writes: string
  readonly reads: string
  readonly place: string
  readonly ttl: number
  /** What the router's service calls a throttle. */
  readonly throttles: readonly string[]
  /** The weights that stand there. */
  weights(): SlotWeights
  /** All that stands in the service, but without the weights of the router's own place. */
  rest(): unknown
  /** A person changes the weights. */
  edit(weights: SlotWeights): Promise<void>
  /** A person changes something else at the same place. */
  editRest(): Promise<void>
  /** Until a change is everywhere. */
  settle(): Promise<void>
}

export const STANDING: SlotWeights = { blue: 3, green: 1 }

/** What every router keeps, whatever splits the traffic. */
export function routerContract(name: string, createWorld: () => Promise<RouterWorld>) {
  describe(`${name}, as a router`, () => {
    let world: RouterWorld
    beforeEach(async () => {
      world = await createWorld()
    })
    const verified = async (weights: SlotWeights) => {
      const change = await world.router.set(weights)
      await world.settle()
      return world.router.verify(change)
    }

    test('reads what stands there and changes nothing by it', async () => {
      const before = structuredClone(world.rest())
      expect(await world.router.read()).toEqual({
        weights: STANDING,
        place: world.place,
        ttl: world.ttl,
      })
      expect(world.weights()).toEqual(STANDING)
      expect(world.rest()).toEqual(before)
    })

    test('sets both weights, and verifies them by reading back', async () => {
      const weights = { blue: 90, green: 10 }
      const change = await world.router.set(weights)
      expect(change).toEqual({ id: expect.any(String), weights })
      expect(world.weights()).toEqual(weights)

      await world.settle()
      expect(await world.router.verify(change)).toEqual({
        kind: 'in-sync',
        routing: { weights, place: world.place, ttl: world.ttl },
      })
      expect((await world.router.read()).weights).toEqual(weights)
    })

    test('sets to one slot alone, up to the largest weight', async () => {
      const { maxWeight } = world.router
      for (const weights of [
        { blue: 0, green: maxWeight },
        { blue: maxWeight, green: 0 },
        { blue: maxWeight, green: maxWeight },
      ]) {
        expect(await verified(weights)).toMatchObject({ kind: 'in-sync', routing: { weights } })
        expect(world.weights()).toEqual(weights)
      }
    })

    test('setting what stands already is allowed', async () => {
      expect(await verified(STANDING)).toMatchObject({ kind: 'in-sync' })
      expect(world.weights()).toEqual(STANDING)
    })

    test('failure 7: what stood before is restored, not a weight that somebody thought of', async () => {
      const before = structuredClone(world.rest())
      const baseline = (await world.router.read()).weights
      await verified({ blue: 50, green: 50 })
      await verified({ blue: 0, green: world.router.maxWeight })
      expect(await verified(baseline)).toMatchObject({ kind: 'in-sync' })
      expect(world.weights()).toEqual(STANDING)
      expect(world.rest()).toEqual(before)
    })

    test('failure 12: one write changes the weights of one place and nothing else', async () => {
      const before = structuredClone(world.rest())
      await world.router.set({ blue: 1, green: 200 })
      expect(world.rest()).toEqual(before)
      expect(world.network.asked.filter((operation) => operation === world.writes)).toHaveLength(1)
    })

    test('what a person changes beside the weights survives the next write', async () => {
      await world.router.set({ blue: 2, green: 1 })
      await world.editRest()
      const edited = structuredClone(world.rest())
      await world.router.set({ blue: 1, green: 1 })
      expect(world.rest()).toEqual(edited)
    })

    test('property: any sequence of weights leaves everything but the weights as it was', async () => {
      const before = structuredClone(world.rest())
      const weight = fc.integer({ min: 0, max: world.router.maxWeight })
      const weights = fc
        .record({ blue: weight, green: weight })
        .filter(({ blue, green }) => blue + green > 0)
      await fc.assert(
        fc.asyncProperty(fc.array(weights, { minLength: 1, maxLength: 5 }), async (sequence) => {
          for (const asked of sequence) {
            expect(await verified(asked)).toMatchObject({
              kind: 'in-sync',
              routing: { weights: asked },
            })
            expect(world.weights()).toEqual(asked)
          }
          expect(world.rest()).toEqual(before)
        }),
        { numRuns: 30 },
      )
    })

    test.each([
      [{ blue: 0, green: 0 }, /weights 0 and 0 are refused for/],
      [{ blue: -1, green: 1 }, /weight -1 of blue is refused for .*use a whole number from 0 to/],
      [{ blue: 1, green: 1_000 }, /weight 1000 of green is refused/],
      [{ blue: 1, green: 0.5 }, /weight 0.5 of green is refused/],
      [{ blue: Number.NaN, green: 1 }, /weight NaN of blue is refused/],
    ])('the weights %j are refused before anything is asked', async (weights, message) => {
      const set = world.router.set(weights)
      await expect(set).rejects.toThrow(RouterError)
      await expect(set).rejects.toThrow(message)
      expect(world.network.asked).toEqual([])
      expect(world.weights()).toEqual(STANDING)
    })

    test('what a person sets instead is told as different, with what stands there', async () => {
      const change = await world.router.set({ blue: 9, green: 1 })
      await world.settle()
      await world.edit({ blue: 5, green: 5 })
      expect(await world.router.verify(change)).toEqual({
        kind: 'different',
        routing: { weights: { blue: 5, green: 5 }, place: world.place, ttl: world.ttl },
        reason: expect.stringContaining('blue 5, green 5 where blue 9, green 1 was set'),
      })
      expect((await world.router.read()).weights).toEqual({ blue: 5, green: 5 })
    })

    test('failure 5: a throttle is never swallowed, and changes nothing', async () => {
      for (const operation of [world.reads, world.writes]) {
        for (const code of world.throttles) {
          world.network.refuse(operation, code)
          const set = world.router.set({ blue: 1, green: 9 })
          await expect(set).rejects.toThrow(TransientError)
          await expect(set).rejects.toThrow(code)
        }
      }
      expect(world.weights()).toEqual(STANDING)
      expect(await verified({ blue: 1, green: 9 })).toMatchObject({ kind: 'in-sync' })
    })

    test('failure 5: an error of the weight change is never swallowed', async () => {
      world.network.refuse(world.writes, 'AccessDenied', 403)
      await expect(world.router.set({ blue: 1, green: 9 })).rejects.toMatchObject({
        name: 'AccessDenied',
      })
      world.network.interrupt(world.writes, { kind: 'unreachable' })
      await expect(world.router.set({ blue: 1, green: 9 })).rejects.toThrow(TransientError)
      expect(world.weights()).toEqual(STANDING)
    })

    test('failure 3: a read that fails is an error, not weights', async () => {
      const change = await world.router.set({ blue: 1, green: 9 })
      await world.settle()
      world.network.interrupt(world.reads, { kind: 'answer-lost' }, 2)
      await expect(world.router.read()).rejects.toThrow(TransientError)
      await expect(world.router.verify(change)).rejects.toThrow(TransientError)
    })

    test('a write whose answer was lost is an error, stands, and is simply set again', async () => {
      const weights = { blue: 1, green: 9 }
      world.network.interrupt(world.writes, { kind: 'answer-lost' })
      await expect(world.router.set(weights)).rejects.toThrow(TransientError)
      expect(world.weights()).toEqual(weights)

      expect(await verified(weights)).toMatchObject({ kind: 'in-sync' })
      expect(world.weights()).toEqual(weights)
    })

    test('the baseline is restored over a write whose answer was lost', async () => {
      const before = structuredClone(world.rest())
      world.network.interrupt(world.writes, { kind: 'answer-lost' })
      await expect(world.router.set({ blue: 1, green: 9 })).rejects.toThrow(TransientError)
      expect(await verified(STANDING)).toMatchObject({ kind: 'in-sync' })
      expect(world.rest()).toEqual(before)
    })
  })
}
