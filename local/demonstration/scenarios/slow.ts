import { faulty } from './releases.ts'
import type { Scenario } from './scenario.ts'

export const slow: Scenario = {
  summary: 'a version that is slow for 20% of its requests, without an error, fails back',
  routers: ['alb'],
  application: { LATENCY: '20' },
  acts: [
    {
      title: 'a version that takes a second longer for 20% of its requests',
      start: { by: 'deployment', release: faulty('2.0', 'latency=+1s@p20') },
      expected: { outcome: 'failed-back' },
    },
  ],
}
