import { faulty } from './releases.ts'
import type { Scenario } from './scenario.ts'

export const errors: Scenario = {
  summary: 'a version that answers 5% of its requests with an error fails back',
  routers: ['alb'],
  // So that a twentieth of the candidate's first tenth is seen within seconds.
  rate: 240,
  acts: [
    {
      title: 'a version with 5% errors',
      start: { by: 'deployment', release: faulty('2.0', 'errors=5%') },
      expected: { outcome: 'failed-back' },
    },
  ],
}
