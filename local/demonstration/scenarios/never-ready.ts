import { faulty } from './releases.ts'
import type { Scenario } from './scenario.ts'

export const neverReady: Scenario = {
  summary: 'a version that never passes its health check gets no traffic at all',
  routers: ['alb'],
  definition: { ready: { timeout: '6s' } },
  acts: [
    {
      title: 'a version that is never ready',
      start: { by: 'deployment', release: faulty('2.0', 'unhealthy') },
      expected: { outcome: 'failed-back' },
    },
  ],
}
