import { ALIVE, ERRORS, slowerThan } from './checks.ts'
import { faulty } from './releases.ts'
import type { Scenario } from './scenario.ts'

export const slow: Scenario = {
  summary: 'a version that is slow for 10% of its requests, without an error, fails back',
  routers: ['alb'],
  application: { LATENCY: '20' },
  definition: { checks: [...ALIVE, ERRORS, slowerThan('200ms')] },
  acts: [
    {
      title: 'a version that takes 15 times as long for 10% of its requests',
      start: { by: 'deployment', release: faulty('2.0', 'latency=x15@p10') },
      expected: { outcome: 'failed-back' },
    },
  ],
}
