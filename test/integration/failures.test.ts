import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  CloudWatchClient,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch'
import {
  DescribeRulesCommand,
  ElasticLoadBalancingV2Client,
  ModifyRuleCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { afterEach, describe, expect, inject, it } from 'vitest'
import { revision } from '../fixtures/in-process/environment.ts'
import {
  createLocalCanary,
  type LocalCanary,
  type LocalCanaryOptions,
} from '../fixtures/in-process/local-canary.ts'
import { outage } from '../fixtures/in-process/outage.ts'

/** What earlier systems of this kind got wrong, by number, on local AWS in this process. */
let canary: LocalCanary

afterEach(() => canary.close())

async function defined(options: LocalCanaryOptions = {}): Promise<LocalCanary> {
  canary = await createLocalCanary(options)
  await canary.define()
  await canary.time.pass(10)
  return canary
}

const running = (slot: string) =>
  canary.events.find(({ detail }) => {
    const { lastStatus, group } = detail as { lastStatus?: string; group?: string }
    return lastStatus === 'RUNNING' && group === `service:${slot}`
  })

const achieved = (weight: number) =>
  canary.time.until(
    `green has ${weight} %`,
    async () => (await canary.rollout(1))?.Achieved === weight,
  )

const names = () => canary.executions().map(({ name }) => name)

describe('failure 1: the flag was read, then written unconditionally, and two executions ran', () => {
  it('one claim wins, even when every read saw the flag unset', async () => {
    await defined({ tasks: 1 })
    await canary.surroundings.deploy('green', revision(2))
    await canary.outcome(1)
    await canary.edit('Triggered', false)
    const event = running('green')
    await Promise.all(Array.from({ length: 50 }, () => canary.deliver(event)))
    await canary.outcome(2)
    expect(names()).toEqual(['web-1', 'web-2'])
  })
})

describe('failure 2: the flag was written, the start failed, and nothing ever ran', () => {
  it.each(['unreachable', 'answer-lost'] as const)(
    'a start that fails (%s) is made up for by the event’s own retry',
    async (kind) => {
      await defined({ tasks: 1 })
      canary.network.interrupt('StartExecution', { kind }, 3)
      await canary.surroundings.deploy('green', revision(2))
      expect(await canary.outcome(1)).toMatchObject({ Outcome: 'promoted' })
      expect(names()).toEqual(['web-1'])
    },
  )
})

describe('failure 3: a failed read was taken for "not yet triggered"', () => {
  it('claims nothing until the read succeeds', async () => {
    await defined({ tasks: 1 })
    canary.network.interrupt('Query', { kind: 'unreachable' }, 3)
    canary.network.interrupt('DescribeServices', { kind: 'unreachable' }, 3)
    await canary.surroundings.deploy('green', revision(2))
    await canary.outcome(1)
    expect(await canary.state()).toMatchObject({ Attempt: 1 })
    expect(names()).toEqual(['web-1'])
  })
})

describe('failure 4: only the first target was looked at, and none at all crashed the check', () => {
  it('a candidate without targets fails back like an unhealthy one', async () => {
    await defined({ definition: { checks: [{ type: 'targets' }] } })
    await canary.surroundings.deploy('green', revision(2))
    await achieved(10)
    const arn = canary.surroundings.targetGroups.green
    const group = canary.aws.elbv2.state.targetGroups.get(arn) ?? expect.fail('no group')
    canary.aws.elbv2.state.targetGroups.set(arn, { ...group, targets: new Map() })
    const ended = await canary.outcome(1)
    expect(ended.Reason).toBe('green’s target group has no targets'.replace('’', "'"))
    expect(await canary.weights()).toEqual({ blue: 1, green: 0 })
  })
})

describe('failure 5: an error of the weight change was swallowed, and the workflow went on', () => {
  it('a weight that cannot be set ends the rollout, and nothing is baked', async () => {
    await defined()
    outage(canary, 'ModifyRule', 3_600)
    await canary.surroundings.deploy('green', revision(2))
    const ended = await canary.outcome(1)
    expect(ended).toMatchObject({ Outcome: 'failed-back', Looks: 0 })
    expect(ended.Reason).toMatch(/^Transient: .*ModifyRule/)
    expect(await canary.weights()).toEqual({ blue: 1, green: 0 })
  })
})

describe('failure 6: traffic came before the first health check', () => {
  it('no weight moves while a target is still initial', async () => {
    await defined()
    canary.healthOf('green', 'initial')
    await canary.surroundings.deploy('green', revision(2))
    await canary.time.until('the rollout has started', () => names().length > 0)
    await canary.time.pass(300)
    expect(canary.network.asked).not.toContain('ModifyRule')
    canary.healthOf('green', 'healthy')
    expect(await canary.outcome(1)).toMatchObject({ Outcome: 'promoted' })
  })
})

describe('failure 7: fail back was tried once, unverified, to hard-coded weights', () => {
  it('is retried, read back, and restores the weights that stood before', async () => {
    await defined()
    const { router } = canary.surroundings
    await setWeights(router.rule ?? '', 37)
    await canary.surroundings.deploy('green', revision(2))
    await achieved(10)
    canary.network.interrupt('ModifyRule', { kind: 'unreachable' }, 6)
    canary.network.interrupt('ModifyRule', { kind: 'answer-lost' }, 3)
    canary.healthOf('green', 'unhealthy')
    expect(await canary.outcome(1)).toMatchObject({ Outcome: 'failed-back' })
    expect(await canary.weights()).toEqual({ blue: 37, green: 0 })
  })
})

describe('failure 8: names were matched as substrings', () => {
  it('a task of "evergreen" or of "green" in another cluster is none of "green"', async () => {
    await defined({ tasks: 1 })
    const text = JSON.stringify(running('blue'))
    for (const alien of [
      text.replaceAll('service:blue', 'service:evergreen'),
      text.replaceAll('service:blue', 'service:green').replaceAll('cluster/shop', 'cluster/shop-2'),
    ]) {
      const reason = expect.stringMatching(/is no canary's candidate/)
      expect(await canary.deliver(JSON.parse(alien))).toMatchObject({ kind: 'ignored', reason })
    }
  })
})

describe('failure 9: tasks had to have exactly two containers', () => {
  it.each([0, 1, 7])('a task with %d containers triggers as well', async (count) => {
    await defined({ tasks: 1 })
    // ECS's own two events find no table, so that the one below is the first to be understood.
    canary.network.asked.length = 0
    canary.network.interrupt('Query', { kind: 'unreachable' }, 6)
    await canary.surroundings.deploy('green', revision(2))
    await canary.time.until('both have failed', () => canary.network.asked.length >= 6)
    const event = structuredClone(running('green')) as unknown as {
      detail: { containers: object[] }
    }
    const [container = {}] = event.detail.containers
    event.detail.containers = Array.from({ length: count }, () => ({ ...container }))
    expect(await canary.deliver(event)).toMatchObject({ kind: 'started', rollout: 'web-1' })
  })
})

describe('failure 10: blue and green never swapped', () => {
  it('three rollouts go to green, to blue and to green again', async () => {
    await defined()
    for (const [attempt, slot] of (['green', 'blue', 'green'] as const).entries()) {
      await canary.surroundings.deploy(slot, revision(attempt + 2))
      expect(await canary.outcome(attempt + 1)).toMatchObject({
        Candidate: slot,
        Outcome: 'promoted',
      })
    }
    expect(await canary.state()).toMatchObject({ Live: 'green' })
  })
})

describe('failure 11: the table entry was overwritten at every update of the stack', () => {
  it('a definition written again keeps the flag, the role and the attempts, and starts nothing', async () => {
    await defined()
    await canary.surroundings.deploy('green', revision(2))
    await canary.outcome(1)
    const before = await canary.state()
    await canary.define({ interval: '30s' })
    await canary.time.pass(600)
    expect(await canary.state()).toEqual(before)
    expect(names()).toEqual(['web-1'])
  })
})

describe('failure 12: every rule was rewritten, and stickiness dropped', () => {
  it('a whole rollout changes the two weights of one rule and nothing else', async () => {
    await defined()
    const before = await actions()
    await canary.surroundings.deploy('green', revision(2))
    await canary.outcome(1)
    const weightless = (text: string) => text.replaceAll(/"Weight":\d+/g, '"Weight":0')
    expect(weightless(await actions())).toBe(weightless(before))
    expect(before).toContain('"TargetGroupStickinessConfig":{"Enabled":true')
  })
})

describe('failure 13: the old version was scaled down before the weights had moved', () => {
  it('nothing of the live slot is touched, and the old slot stays warm after a promotion', async () => {
    await defined()
    await canary.surroundings.deploy('green', revision(2))
    await canary.outcome(1)
    expect(canary.network.asked).not.toContain('UpdateService')
    await canary.time.pass(3_600)
    const blue = [...canary.aws.ecs.state.services.values()].find(({ name }) => name === 'blue')
    expect(blue).toMatchObject({ desiredCount: 2, status: 'ACTIVE' })
  })
})

describe('failure 14: an alarm that was firing already never rolled back', () => {
  const alarm = {
    AlarmName: 'errors',
    Namespace: 'Shop',
    MetricName: 'Errors',
    Statistic: 'Sum',
    Period: 86_400,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanThreshold',
  } as const
  const definition = { checks: [{ type: 'alarms', alarms: ['errors'] }] }
  const set = (StateValue: 'OK' | 'ALARM') =>
    new CloudWatchClient(canary.person).send(
      new SetAlarmStateCommand({ AlarmName: 'errors', StateValue, StateReason: 'by the test' }),
    )

  it('no rollout begins under it', async () => {
    await defined({ definition })
    await new CloudWatchClient(canary.person).send(new PutMetricAlarmCommand(alarm))
    await set('ALARM')
    await canary.surroundings.deploy('green', revision(2))
    const ended = await canary.outcome(1)
    expect(ended.Reason).toMatch(/"errors"\): was in ALARM before the rollout began/)
    expect(canary.network.asked).not.toContain('ModifyRule')
  })

  it('one that fires during the rollout fails it back by its state, without an event', async () => {
    await defined({ definition })
    await new CloudWatchClient(canary.person).send(new PutMetricAlarmCommand(alarm))
    await set('OK')
    await canary.surroundings.deploy('green', revision(2))
    await achieved(10)
    await set('ALARM')
    expect(await canary.outcome(1)).toMatchObject({
      Outcome: 'failed-back',
      Reason: 'alarm errors is in ALARM: by the test',
    })
  })
})

describe('failure 15: the templates and the controller fought over the weights', () => {
  it('the template owns no rule, listener, record or service, so a deployment of it writes no weight', async () => {
    canary = await createLocalCanary()
    const file = join(inject('template'), 'SluiceController.template.json')
    const { Resources } = JSON.parse(readFileSync(file, 'utf8')) as {
      Resources: Record<string, { Type: string }>
    }
    const types = Object.values(Resources).map(({ Type }) => Type)
    for (const type of types) expect(type).not.toMatch(/ElasticLoadBalancing|Route53|ECS/)
    expect(types).toContain('AWS::StepFunctions::StateMachine')
  })
})

async function actions(): Promise<string> {
  const elbv2 = new ElasticLoadBalancingV2Client(canary.person)
  const { Rules } = await elbv2.send(
    new DescribeRulesCommand({ RuleArns: [canary.surroundings.router.rule ?? ''] }),
  )
  return JSON.stringify([Rules?.[0]?.Conditions, Rules?.[0]?.Actions])
}

/** A person gives blue a weight of their own choice. */
async function setWeights(rule: string, blue: number): Promise<void> {
  const elbv2 = new ElasticLoadBalancingV2Client(canary.person)
  const { targetGroups } = canary.surroundings
  await elbv2.send(
    new ModifyRuleCommand({
      RuleArn: rule,
      Actions: [
        {
          Type: 'forward',
          ForwardConfig: {
            TargetGroups: [
              { TargetGroupArn: targetGroups.blue, Weight: blue },
              { TargetGroupArn: targetGroups.green, Weight: 0 },
            ],
          },
        },
      ],
    }),
  )
}
