import { permissionTaken } from './permissions.ts'
import { good } from './releases.ts'
import type { Scenario } from './scenario.ts'

/** Of either router. */
const READ_ROUTING = ['elasticloadbalancing:DescribeRules', 'route53:ListResourceRecordSets']

export const denied: Scenario = {
  summary: 'Sluice may not read the routing: it says what was denied, and no traffic is moved',
  routers: ['alb'],
  acts: [
    {
      title: "a good version, while a permission of the canary's role is missing",
      before: permissionTaken(READ_ROUTING),
      start: { by: 'deployment', release: good('2.0') },
      expected: { outcome: 'failed-back' },
    },
  ],
}
