import { ALIVE, ERRORS } from './checks.ts'
import { good } from './releases.ts'
import type { Scenario } from './scenario.ts'

export const noTraffic: Scenario = {
  summary:
    'nobody sends a request: the rollout holds, asks a person, and fails back without an answer',
  routers: ['alb'],
  rate: 0,
  definition: { checks: [...ALIVE, ERRORS], maxExtension: '4s', onInconclusive: 'hold' },
  acts: [
    {
      title: 'a good version that nobody calls',
      start: { by: 'deployment', release: good('2.0') },
      expected: { outcome: 'failed-back', held: true },
    },
  ],
}
