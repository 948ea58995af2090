import { ALIVE, ERRORS } from './checks.ts'
import { dependencyFails } from './disturbances.ts'
import { good } from './releases.ts'
import type { Scenario } from './scenario.ts'

export const sharedIncident: Scenario = {
  summary:
    'what both slots depend on fails 3% of the time: a good version is promoted all the same',
  routers: ['alb'],
  dependency: true,
  definition: { checks: [...ALIVE, ERRORS] },
  acts: [
    {
      title: 'a good version, while both slots have 3% errors',
      start: { by: 'deployment', release: good('2.0') },
      disturbance: dependencyFails(10, 0.03),
      expected: { outcome: 'promoted' },
    },
  ],
}
