import { executionStopped } from './disturbances.ts'
import { good } from './releases.ts'
import type { Scenario } from './scenario.ts'

export const stopped: Scenario = {
  summary: 'the execution is stopped from outside; the guard restores the routing',
  routers: ['alb'],
  acts: [
    {
      title: 'a good version, whose execution somebody stops',
      start: { by: 'deployment', release: good('2.0') },
      disturbance: executionStopped(10),
      expected: { outcome: 'failed-back' },
    },
  ],
}
