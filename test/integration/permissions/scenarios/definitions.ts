import type { RouterType } from '../../../fixtures/in-process/environment.ts'
import { expectSame, QUICK, ROUTERS, type Scenario } from '../scenario.ts'
import { putAlarm } from './alarm-and-metric.ts'

/** A stack with the canary is deployed, changed and deleted. */
const defines = (router: RouterType): Scenario => ({
  name: `is defined on ${router}`,
  options: {
    router,
    tasks: 1,
    definition: { ...QUICK, checks: [{ type: 'targets' }, { type: 'alarms', alarms: ['errors'] }] },
  },
  async run(canary) {
    await putAlarm(canary)
    // The framework asks whether the function is there before it calls a second time.
    canary.network.interrupt('Invoke', { kind: 'unreachable' })
    await canary.tell('Create')
    expectSame('the version', (await canary.item('definition'))?.Version, 1)
    await canary.tell('Update', { interval: '30s' })
    expectSame('the version', (await canary.item('definition'))?.Version, 2)
    await canary.tell('Delete')
    expectSame('the definition', await canary.item('definition'), undefined)
  },
})

export const DEFINITIONS: readonly Scenario[] = ROUTERS.map(defines)
