import { newState } from '../core/model/canary-state.ts'
import { createTriggerHandler } from '../functions/trigger/index.ts'
import { type Measurement, median } from './line.ts'
import { createScene } from './scene.ts'
import { eventOf } from './trigger-path.ts'

const EVENTS = 200

/** Whether an event costs more, and the controller's memory grows, with canaries that it is not about. */
export async function measureManyCanaries(canaries: number): Promise<Measurement> {
  const scene = await createScene()
  try {
    const handle = createTriggerHandler(scene.ports)
    const p50 = async () => {
      const times: number[] = []
      for (let event = 0; event < EVENTS; event++) {
        const before = performance.now()
        const irrelevant = eventOf(scene.task({ service: 'search' }))
        await handle(irrelevant, { awsRequestId: 'bench' } as never)
        times.push(performance.now() - before)
      }
      return median(times)
    }
    await p50()
    const one = await p50()
    for (let number = 2; number <= canaries; number++) {
      const name = `canary-${number}`
      const services = { blue: `bench/${name}-blue`, green: `bench/${name}-green` }
      await scene.ports.store.createState(newState(name, 'blue', services))
    }
    const many = await p50()
    return {
      name: 'many canaries',
      lines: [
        {
          what: `an irrelevant event among ${canaries.toLocaleString('en')} canaries, against one`,
          measured: many / one,
          unit: '×',
          atMost: 2,
          beside: `${one.toFixed(2)} ms, then ${many.toFixed(2)} ms`,
        },
      ],
    }
  } finally {
    await scene.close()
  }
}
