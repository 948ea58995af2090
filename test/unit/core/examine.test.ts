import { beforeEach, describe, expect, it } from 'vitest'
import { RouterError, TransientError } from '../../../core/errors.ts'
import { claimed, newState } from '../../../core/model/canary-state.ts'
import type { PartView, Permissions } from '../../../core/operator-ports.ts'
import { examineCanary, examineController, type Finding } from '../../../core/use-cases/examine.ts'
import { createWorld, definition, service, type World } from '../../fixtures/world.ts'

const STACK = 'arn:aws:cloudformation:us-east-1:123456789012:stack/Shop/1'
const ROLE = 'arn:aws:iam::123456789012:role/sluice/canary/web'

let world: World
let standing: boolean
let sticky: number | undefined
let answer: Awaited<ReturnType<Permissions['missing']>>
let asked: number
beforeEach(() => {
  world = createWorld()
  standing = true
  sticky = undefined
  answer = { kind: 'asked', missing: [] }
  asked = 0
  put(newState('web', 'blue', { blue: 'shop/web-blue', green: 'shop/web-green' }, ROLE))
  defined()
})

const put = (state: ReturnType<typeof newState>) => world.store.states.set('web', state)
const defined = (changes: Record<string, unknown> = {}) =>
  world.store.definitions.set('web', definition({ role: ROLE, ...changes }))
const examine = () =>
  examineCanary(
    {
      ...world.ports,
      stacks: { describe: async () => (standing ? 'standing' : 'gone') },
      stickiness: { of: async () => sticky },
      permissions: {
        async missing(_, statements) {
          asked = statements.length
          return answer
        },
      },
    },
    'web',
  )
const not = (findings: readonly Finding[]) => findings.filter(({ level }) => level !== 'ok')
/** The one thing that is found: as `level about: what`. */
async function found(): Promise<string> {
  const [one, ...more] = not(await examine())
  expect(more).toEqual([])
  expect(one?.mend).not.toBe('')
  return `${one?.level} ${one?.about}: ${one?.what}`
}

describe('a canary', () => {
  it('in which all is in order has every part of it told, and the role held against all statements', async () => {
    const findings = await examine()
    expect(not(findings)).toEqual([])
    expect(findings.length).toBeGreaterThan(5)
    expect(asked).toBeGreaterThan(3)
  })

  it.each([
    ['no definition', () => world.store.definitions.clear(), 'broken definition: there is none'],
    [
      'a broken definition',
      () => defined({ interval: 'soon' }),
      'broken definition: interval ("soon")',
    ],
    [
      'a stack that is gone',
      () => {
        world.store.owners.set('web', `${STACK}/Web`)
        standing = false
      },
      'warning definition: the stack that owns it is gone',
    ],
    ['no state', () => world.store.states.clear(), 'warning state: there is none yet'],
    [
      'a state out of step',
      () => put(newState('web', 'blue', { blue: 'shop/web-blue', green: 'shop/other' })),
      'warning state: it names other services',
    ],
    [
      'a service that is gone',
      () => world.services.delete('shop/web-green'),
      'broken slots.green.service (shop/web-green): ECS has no such service',
    ],
    [
      'a live slot without tasks',
      () => world.services.set('shop/web-blue', service('web-blue', 'web:1', { desiredCount: 0 })),
      'broken slots.blue.service (shop/web-blue): the live slot wants no tasks',
    ],
    [
      'traffic where no rollout put it',
      () => {
        world.router.weights = { blue: 900, green: 99 }
      },
      'broken router (rule/1): no rollout is active, and green has 9.9 % of the traffic',
    ],
    [
      'a long time to live',
      () => {
        world.router.ttl = 120
      },
      'warning router (rule/1): clients hold answers for 2m',
    ],
    [
      'a time to live that no rollout begins with',
      () => {
        world.router.ttl = 900
      },
      'broken router: rule/1: its time to live is 900 s',
    ],
    [
      'stickiness',
      () => {
        sticky = 3_600
      },
      'warning router (rule/1): it is sticky: clients stay with their slot for 1h',
    ],
    [
      'an alarm that is not there',
      () => defined({ checks: [{ type: 'alarms', alarms: ['5xx'] }] }),
      'broken check alarms, alarm 5xx: CloudWatch has no such alarm',
    ],
    [
      'an alarm that fires',
      () => {
        world.alarms.set('5xx', { name: '5xx', state: 'ALARM', reason: 'many', since: undefined })
        defined({ checks: [{ type: 'alarms', alarms: ['5xx'] }] })
      },
      'broken check alarms, alarm 5xx: it fires, and no rollout begins meanwhile',
    ],
    ['no role', () => defined({ role: undefined }), 'warning role: the definition names none'],
    [
      'a role that is gone',
      () => {
        answer = { kind: 'no-role', reason: 'NoSuchEntity' }
      },
      `broken role (${ROLE}): NoSuchEntity`,
    ],
    [
      'a role that nobody may ask about',
      () => {
        answer = { kind: 'not-allowed-to-ask', reason: 'AccessDenied' }
      },
      `warning role (${ROLE}): nobody could be asked: AccessDenied`,
    ],
    [
      'a permission that is missing',
      () => {
        const missing = { action: 'ecs:UpdateService', resource: '*', functionName: 'shift' }
        answer = { kind: 'asked', missing: [missing] }
      },
      `broken role (${ROLE}): shift may not ecs:UpdateService on *`,
    ],
  ])('with %s has that told, with its mend', async (_, change, told) => {
    change()
    expect(await found()).toContain(told)
  })

  it('is looked at to the end, whatever part of it cannot be', async () => {
    world.faults.set('health', [new TransientError('ELB got no answer')])
    expect(await found()).toContain('warning targets: could not be looked at: ELB got no answer')
    world.router.read = async () => {
      throw new RouterError('rule/1 does not exist; correct router.rule')
    }
    expect(await found()).toBe('broken router: rule/1 does not exist')
  })

  it('under a rollout may have its traffic anywhere', async () => {
    world.router.weights = { blue: 900, green: 99 }
    await world.store.amendState('web', (state) => claimed(state, 'web:2'))
    expect(not(await examine())).toEqual([])
  })
})

describe('the controller', () => {
  const part = (state: PartView['state']): PartView => ({
    part: 'rule',
    name: 'Running',
    state,
    told: 'it is disabled',
  })
  const look = async (...parts: PartView[]) =>
    not(
      await examineController({
        store: world.store,
        installation: { parts: async () => parts },
      }),
    )

  it('is in order where all of its parts are', async () => {
    expect(await look(part('ready'))).toEqual([])
  })

  it('has each part told that is off', async () => {
    expect(await look(part('ready'), part('off'))).toMatchObject([
      { level: 'broken', about: 'rule Running', what: 'it is disabled' },
    ])
  })

  it('has a stopped line told, with who and why', async () => {
    await world.store.writeLine({ stopped: true, who: 'ana', reason: 'incident' })
    const [finding] = await look(part('ready'))
    expect(finding).toMatchObject({ level: 'warning', about: 'line' })
    expect(finding?.what).toContain('stopped by ana: incident')
  })
})
