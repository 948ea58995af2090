import { tasksDie } from './disturbances.ts'
import { good } from './releases.ts'
import type { Scenario } from './scenario.ts'

export const crash: Scenario = {
  summary: 'a version whose tasks die at 50% fails back',
  routers: ['alb'],
  acts: [
    {
      title: 'a version that dies at 50%',
      start: { by: 'deployment', release: good('2.0') },
      disturbance: tasksDie(50),
      expected: { outcome: 'failed-back' },
    },
  ],
}
