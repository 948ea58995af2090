import { canaryStatements, type PolicyStatementJson } from '../../../core/model/canary-grants.ts'
import { parseDefinition } from '../../../core/model/definition.ts'
import { ACCOUNT, REGION } from '../../../local/account.ts'
import { RECORD, type RouterType } from '../../fixtures/in-process/environment.ts'
import { definitionOf } from '../../fixtures/in-process/local-canary.ts'
import type { Scenario } from './scenario.ts'

const elb = (resource: string) => `arn:aws:elasticloadbalancing:${REGION}:${ACCOUNT}:${resource}`

const PLACES: Readonly<Record<RouterType, object>> = {
  alb: { type: 'alb', rule: elb('listener-rule/app/shop/0/0/0') },
  listener: { type: 'alb', listener: elb('listener/app/shop/0/0') },
  route53: { type: 'route53', hostedZone: 'Z0', record: RECORD },
}

/** What the role of a scenario's canary may do, on resources that nobody has made yet. */
export function roleStatements({ options }: Scenario): readonly PolicyStatementJson[] {
  const targetGroups = { blue: elb('targetgroup/blue/0'), green: elb('targetgroup/green/0') }
  const router = PLACES[options.router ?? 'alb']
  const definition = parseDefinition(definitionOf({ router, targetGroups }, options.definition))
  return canaryStatements({ partition: 'aws', region: REGION, account: ACCOUNT, definition })
}
