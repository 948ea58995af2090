import { tasksDie } from './disturbances.ts'
import { good } from './releases.ts'
import type { Scenario } from './scenario.ts'

export const retrigger: Scenario = {
  summary: 'a version fails back; Triggered is reset in the table, and it rolls out again',
  routers: ['alb'],
  acts: [
    {
      title: 'a good version, whose tasks are killed',
      start: { by: 'deployment', release: good('2.0') },
      disturbance: tasksDie(10),
      expected: { outcome: 'failed-back' },
    },
    {
      title: 'the same version again: Triggered is set to false in the table',
      start: { by: 'reset' },
      expected: { outcome: 'promoted' },
    },
  ],
}
