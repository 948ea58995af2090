import { good } from './releases.ts'
import type { Scenario } from './scenario.ts'

export const healthy: Scenario = {
  summary: 'a good version is promoted',
  routers: ['alb'],
  acts: [
    {
      title: 'a good version',
      start: { by: 'deployment', release: good('2.0') },
      expected: { outcome: 'promoted' },
    },
  ],
}
