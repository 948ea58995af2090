import { neverReady as neverReadyRelease } from './releases.ts'
import type { Scenario } from './scenario.ts'

export const neverReady: Scenario = {
  summary: 'a version that never passes its health check gets no traffic at all',
  routers: ['alb'],
  readyTimeout: '6s',
  acts: [
    {
      title: 'a version that is never ready',
      start: { by: 'deployment', release: neverReadyRelease('2.0') },
      expected: 'failed-back',
    },
  ],
}
