import { ECSClient, UpdateServiceCommand } from '@aws-sdk/client-ecs'
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2'
import { Route53Client } from '@aws-sdk/client-route-53'
import { afterEach, describe, expect, it } from 'vitest'
import { createRouterOf } from '../../../adapters/routers.ts'
import type { TrafficRouter } from '../../../core/ports.ts'
import { createLocalAws, type LocalAws } from '../../../local/aws.ts'
import { clientConfig } from '../../fixtures/client-config.ts'
import {
  LAYOUTS,
  type Layout,
  removeExamples,
  synthesizeExample,
  type Template,
} from '../../fixtures/example-environment.ts'
import { createSimulatedTasks } from '../../fixtures/simulated-tasks.ts'

/** What writes to a router or a service. */
const WRITES = ['elbv2:ModifyRule', 'route53:ChangeResourceRecordSets', 'ecs:UpdateService']

let aws: LocalAws
let calls: string[] = []

afterEach(async () => {
  await aws.close()
  removeExamples()
})

/** An environment with the weights of a step, set as Sluice sets them; the idle slot has another revision. */
async function inTheMiddleOfARollout(layout: Layout, weight: number): Promise<TrafficRouter> {
  calls = []
  aws = createLocalAws({
    tasks: createSimulatedTasks().runner,
    intercept({ service, operation }, next) {
      calls.push(`${service}:${operation}`)
      return next()
    },
  })
  const { outputs } = await aws.deploy(synthesizeExample(layout))
  const person = clientConfig(aws.requestHandler)
  const told = (name: string) => String(outputs[name])
  const slot = (name: 'Blue' | 'Green') => ({
    cluster: told('ClusterName'),
    service: told(`${name}ServiceName`),
    targetGroup: told(`${name}TargetGroupArn`),
  })
  const router = createRouterOf({
    elbv2: new ElasticLoadBalancingV2Client(person),
    route53: new Route53Client(person),
  })({
    slots: { blue: slot('Blue'), green: slot('Green') },
    router:
      layout === 'alb'
        ? { type: 'alb', rule: told('RuleArn') }
        : { type: 'route53', hostedZone: told('HostedZoneId'), record: told('RecordName') },
  })
  expect((await router.read()).weights).toEqual({ blue: 100, green: 0 })
  await router.set({ blue: 100 - weight, green: weight })
  const update = { cluster: told('ClusterName'), service: told('GreenServiceName') }
  await new ECSClient(person).send(new UpdateServiceCommand({ ...update, desiredCount: 3 }))
  calls = []
  return router
}

const writes = () => calls.filter((call) => WRITES.includes(call))
const weightsOf = async (router: TrafficRouter) => (await router.read()).weights

/** A change of the router's own: the rule's host, or the records' target. */
function changeRouter({ Resources }: Template) {
  for (const { Type, Properties } of Object.values(Resources)) {
    if (Type === 'AWS::ElasticLoadBalancingV2::ListenerRule') {
      Properties.Conditions = [
        { Field: 'host-header', HostHeaderConfig: { Values: ['store.example.com'] } },
      ]
    }
    if (Type === 'AWS::Route53::RecordSet') {
      Properties.AliasTarget = { ...(Properties.AliasTarget as object), EvaluateTargetHealth: true }
    }
  }
}

describe.each(LAYOUTS)('the template of %s, deployed in the middle of a rollout', (layout) => {
  it.each([10, 50])('changes no weight at %i, where it is the same', async (weight) => {
    const router = await inTheMiddleOfARollout(layout, weight)
    const { changes } = await aws.deploy(synthesizeExample(layout))
    expect(changes).toEqual([])
    expect(writes()).toEqual([])
    expect(await weightsOf(router)).toEqual({ blue: 100 - weight, green: weight })
  })

  it.each([10, 50])(
    'changes no weight at %i, where something else of it is new',
    async (weight) => {
      const router = await inTheMiddleOfARollout(layout, weight)
      const tasks = { min: 1, max: 20 }
      const { changes } = await aws.deploy(synthesizeExample(layout, { tasks, natGateways: 2 }))
      expect(changes.length).toBeGreaterThan(0)
      expect(writes()).toEqual([])
      expect(await weightsOf(router)).toEqual({ blue: 100 - weight, green: weight })
    },
  )

  it('would write its weights again with a change of the router itself: that is why such a change says who is live', async () => {
    const router = await inTheMiddleOfARollout(layout, 50)
    await aws.deploy(synthesizeExample(layout, {}, changeRouter))
    expect(await weightsOf(router)).toEqual({ blue: 100, green: 0 })
    await router.set({ blue: 0, green: 100 })
    await aws.deploy(synthesizeExample(layout, { live: 'green' }))
    expect(await weightsOf(router)).toEqual({ blue: 0, green: 100 })
  })
})
