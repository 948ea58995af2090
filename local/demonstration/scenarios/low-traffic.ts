import { ALIVE, ERRORS } from './checks.ts'
import { good } from './releases.ts'
import type { Scenario } from './scenario.ts'

export const lowTraffic: Scenario = {
  summary: 'few requests: the bakes last until there are enough to judge by, then it is promoted',
  routers: ['alb'],
  rate: 12,
  definition: {
    checks: [...ALIVE, ERRORS],
    plan: [
      { weight: 25, bake: '2s' },
      { weight: 50, bake: '2s' },
      { weight: 100, bake: '2s' },
    ],
  },
  acts: [
    {
      title: 'a good version that few call',
      start: { by: 'deployment', release: good('2.0') },
      expected: { outcome: 'promoted' },
    },
  ],
}
