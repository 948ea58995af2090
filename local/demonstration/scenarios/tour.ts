import { faulty, good } from './releases.ts'
import type { Scenario } from './scenario.ts'

export const tour: Scenario = {
  summary: 'a good version is promoted, then, roles swapped, one with 5% errors fails back',
  routers: ['alb', 'route53'],
  // So that a twentieth of the candidate's first tenth is seen within seconds.
  rate: 240,
  acts: [
    {
      title: 'a good version',
      start: { by: 'deployment', release: good('2.0') },
      expected: { outcome: 'promoted' },
    },
    {
      title: 'roles swapped: a version with 5% errors',
      start: { by: 'deployment', release: faulty('3.0', 'errors=5%') },
      expected: { outcome: 'failed-back' },
    },
  ],
}
