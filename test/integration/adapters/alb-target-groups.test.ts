import * as elbv2 from '@aws-sdk/client-elastic-load-balancing-v2'
import { expect, test } from 'vitest'
import { createAlbTargetGroups } from '../../../adapters/alb-target-groups.ts'
import { DefinitionError } from '../../../core/errors.ts'
import { AwsError } from '../../../local/wire/service.ts'
import { scriptedService } from '../../fixtures/scripted-service.ts'

const GROUP = 'arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/green/1'

function targetGroupsOver(answer: () => elbv2.DescribeTargetHealthOutput) {
  const { config } = scriptedService('elbv2', elbv2, { DescribeTargetHealth: answer })
  return createAlbTargetGroups(new elbv2.ElasticLoadBalancingV2Client(config))
}

test('failure 4: the state of every target is told, and no targets are none', async () => {
  const states = ['healthy', 'unhealthy', 'draining', 'initial'] as const
  const groups = targetGroupsOver(() => ({
    TargetHealthDescriptions: states.map((State, index) => ({
      Target: { Id: `10.0.0.${index}`, Port: 8080 },
      TargetHealth: { State },
    })),
  }))
  expect(await groups.health(GROUP)).toEqual([
    { target: '10.0.0.0:8080', state: 'healthy' },
    { target: '10.0.0.1:8080', state: 'unhealthy' },
    { target: '10.0.0.2:8080', state: 'draining' },
    { target: '10.0.0.3:8080', state: 'initial' },
  ])
  const empty = targetGroupsOver(() => ({ TargetHealthDescriptions: [] }))
  expect(await empty.health(GROUP)).toEqual([])
})

test('a state that is not known is not taken for healthy', async () => {
  const groups = targetGroupsOver(() => ({
    TargetHealthDescriptions: [
      { Target: { Id: 'a', Port: 1 }, TargetHealth: { State: 'glowing' as 'healthy' } },
      { Target: { Id: 'b', Port: 1 } },
    ],
  }))
  expect(await groups.health(GROUP)).toEqual([
    { target: 'a:1', state: 'unavailable' },
    { target: 'b:1', state: 'unavailable' },
  ])
})

test('a target group that does not exist is refused by name', async () => {
  const groups = targetGroupsOver(() => {
    throw new AwsError('TargetGroupNotFound', 'no')
  })
  const health = groups.health(GROUP)
  await expect(health).rejects.toThrow(DefinitionError)
  await expect(health).rejects.toThrow(`${GROUP} does not exist; correct slots.*.targetGroup`)
})
