import { ALIVE, ERRORS } from './checks.ts'
import { faulty } from './releases.ts'
import type { Scenario } from './scenario.ts'

/** No threshold of a percent would see it: it is five times the live slot's errors, and still only one in 200. */
export const smallRegression: Scenario = {
  summary: 'errors rise from 0.1% to 0.5%: the comparison of the slots finds it',
  routers: ['alb'],
  rate: 400,
  application: { FAULTS: 'errors=0.1%' },
  definition: {
    checks: [...ALIVE, ERRORS],
    plan: [
      { weight: 50, bake: '40s' },
      { weight: 100, bake: '2s' },
    ],
  },
  acts: [
    {
      title: 'a version with 0.5% errors, where the live one has 0.1%',
      start: { by: 'deployment', release: faulty('2.0', 'errors=0.5%') },
      expected: { outcome: 'failed-back' },
    },
  ],
}
