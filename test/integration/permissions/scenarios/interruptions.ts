import { revision } from '../../../fixtures/in-process/environment.ts'
import type { LocalCanary } from '../../../fixtures/in-process/local-canary.ts'
import { loseEndings } from '../../../fixtures/in-process/lost-endings.ts'
import {
  achieved,
  ask,
  atOnce,
  because,
  begin,
  ended,
  expectSame,
  FAILED_BACK,
  letters,
  QUICK,
  request,
  type Scenario,
  SLOW,
  until,
} from '../scenario.ts'
import { METRIC, putAlarm } from './alarm-and-metric.ts'

const held: Scenario = {
  name: 'is held, approved and aborted',
  options: {
    tasks: 1,
    definition: { ...QUICK, checks: [METRIC], onInconclusive: 'hold', holdTimeout: '1h' },
  },
  async run(canary) {
    const holding = async () => (await canary.rollout(1))?.Status === 'holding'
    await begin(canary)
    await until(canary, 'a person is waited for', holding)
    await canary.time.settle()
    await ask(canary, 'approve')
    await until(canary, 'it bakes again', async () => !(await holding()))
    await ask(canary, 'abort')
    await atOnce(canary, () =>
      ended(canary, 1, 'failed-back', ['started', 'shifted', 'held', 'failed-back']),
    )
  },
}

const slowly = (name: string, interrupt: (canary: LocalCanary) => Promise<void>): Scenario => ({
  name,
  options: { tasks: 1, definition: SLOW },
  async run(canary) {
    await begin(canary)
    await achieved(canary, 50)
    await canary.time.pass(1)
    await atOnce(canary, () => interrupt(canary))
  },
})

const aborted = slowly('is aborted in a bake', async (canary) => {
  await ask(canary, 'abort')
  await ended(canary, 1, 'failed-back', FAILED_BACK)
})

/** After the last look for signals, and before the bake has its token. */
const abortedBefore: Scenario = {
  name: 'is aborted between a shift and its bake',
  options: { tasks: 1, definition: SLOW },
  async run(canary) {
    const stop = canary.aws.eventbridge.onEvent(({ source }) => {
      if (source !== 'sluice') return
      stop()
      const by = () => request(canary, 'abort')
      canary.network.interrupt('PutEvents', { kind: 'preceded', by })
    })
    await begin(canary)
    await atOnce(canary, () => ended(canary, 1, 'failed-back', FAILED_BACK))
    await because(canary, /^aborted by ada/)
  },
}

const superseded = slowly('is superseded', async (canary) => {
  await canary.surroundings.deploy('green', revision(3))
  await ended(canary, 1, 'failed-back', FAILED_BACK)
  await until(canary, 'the next has begun', () => canary.executions().length === 2)
})

const crashed = slowly('hears of a stopped task', async (canary) => {
  canary.containers.tasks.at(-1)?.exit(1)
  await ended(canary, 1, 'failed-back', FAILED_BACK)
  await because(canary, /task/)
})

const alarmed: Scenario = {
  name: 'hears of an alarm',
  options: {
    tasks: 1,
    definition: { ...SLOW, checks: [{ type: 'alarms', alarms: ['errors'] }] },
  },
  async run(canary) {
    await putAlarm(canary)
    // Without data it is no alarm that a rollout may begin under.
    await canary.time.pass(20)
    await begin(canary)
    await achieved(canary, 50)
    await canary.time.pass(1)
    await atOnce(canary, async () => {
      canary.aws.cloudwatch.record('Shop', 'Errors', {}, 50)
      await ended(canary, 1, 'failed-back', FAILED_BACK)
    })
    await because(canary, /^alarm errors is in ALARM/)
  },
}

const guarded = slowly('is guarded', async (canary) => {
  await canary.stop('web-1')
  await ended(canary, 1, 'failed-back', FAILED_BACK)
})

const untold = slowly('is guarded although nobody tells of its end', async (canary) => {
  await loseEndings(canary)
  await canary.stop('web-1')
})

/** `slowly` is for what happens at once. */
const reminded: Scenario = {
  ...untold,
  async run(canary) {
    await untold.run(canary)
    await ended(canary, 1, 'failed-back', FAILED_BACK)
  },
}

/** Longer than the queue hands out one message. */
const remindedLate: Scenario = {
  name: 'is guarded after nine hours',
  options: { tasks: 1, definition: { ...SLOW, plan: [{ weight: 100, bake: '12h' }] } },
  async run(canary) {
    await begin(canary)
    await achieved(canary, 100)
    await canary.time.pass(9 * 3_600)
    expectSame('what was given up', letters(canary, 'UnhandledEvents'), [])
    await loseEndings(canary)
    await canary.stop('web-1')
    await ended(canary, 1, 'failed-back', FAILED_BACK)
  },
}

const retriggered = slowly('is triggered again', async (canary) => {
  await ask(canary, 'abort')
  await ended(canary, 1, 'failed-back', FAILED_BACK)
  await canary.edit('Triggered', false)
  await until(canary, 'it runs again', () => canary.executions().length === 2)
})

export const INTERRUPTIONS: readonly Scenario[] = [
  held,
  aborted,
  abortedBefore,
  superseded,
  crashed,
  alarmed,
  guarded,
  reminded,
  remindedLate,
  retriggered,
]
