import { beforeEach, describe, expect, it, vi } from 'vitest'
import {
  DefinitionError,
  RoleError,
  RolloutActiveError,
  RouterError,
} from '../../../core/errors.ts'
import { claimed } from '../../../core/model/canary-state.ts'
import { define } from '../../../core/use-cases/define.ts'
import { retrigger } from '../../../core/use-cases/retrigger.ts'
import { startRollout } from '../../fixtures/drive.ts'
import { createWorld, definition, service, targetGroup, type World } from '../../fixtures/world.ts'

const OWNER = 'arn:aws:cloudformation:us-east-1:123456789012:stack/Shop/1/WebDefinition'
const OTHER = 'arn:aws:cloudformation:us-east-1:123456789012:stack/Other/2/WebDefinition'
const ROLE = 'arn:aws:iam::123456789012:role/sluice/canary/Web'

let world: World
beforeEach(() => {
  world = createWorld()
  world.store.definitions.clear()
})

const write = (changes: Record<string, unknown> = {}, owner = OWNER, before?: string) =>
  define(world.ports, {
    kind: 'write',
    definition: definition(changes),
    owner,
    ...(before === undefined ? {} : { before }),
  })
const remove = (owner = OWNER, canary = 'web') =>
  define(world.ports, { kind: 'remove', canary, owner })
/** Defined, with a state, as the table's stream makes it. */
async function defined(changes: Record<string, unknown> = {}): Promise<void> {
  await write(changes)
  await retrigger(world.ports, { record: 'definition', canary: 'web' })
}
/** A rollout was claimed. */
function active(canary = 'web'): void {
  const state = world.store.states.get('web')
  if (!state) throw new Error('the canary has no state')
  world.store.states.set(canary, claimed({ ...state, canary }, 'web:2'))
}
const standing = () => world.store.definitions.get('web')

describe('writing a definition', () => {
  it('puts it under its canary as it was written, with its owner', async () => {
    expect(await write({ role: ROLE })).toMatchObject({ kind: 'written', canary: 'web' })
    expect(standing()).toEqual(definition({ role: ROLE }))
    expect(world.store.owners.get('web')).toBe(OWNER)
  })

  it('looks at what it points at as the canary’s role', async () => {
    await write({ role: ROLE, checks: [{ type: 'ecs' }] })
    expect(world.roles).toEqual([ROLE])
    expect(world.calls.sort()).toEqual(['describe', 'describe', 'health', 'health'])
  })

  it('once more writes nothing and looks at nothing: a stack that rolls back always may', async () => {
    await defined()
    active()
    world.services.clear()
    world.calls.length = 0
    expect(await write()).toMatchObject({ kind: 'unchanged' })
    expect(world.calls).toEqual([])
  })

  it('takes over what a person wrote', async () => {
    world.store.definitions.set('web', definition())
    expect(await write()).toMatchObject({ kind: 'written' })
    expect(world.store.owners.get('web')).toBe(OWNER)
  })

  it('is refused where it belongs to somebody else, by name', async () => {
    await write({}, OTHER)
    const refused = write({ interval: '20s' })
    await expect(refused).rejects.toThrow(DefinitionError)
    await expect(refused).rejects.toThrow(
      `canary ("web"): its definition belongs to ${OTHER}; use another name, or delete it there first`,
    )
    expect(standing()).toEqual(definition())
  })

  it.each([
    [
      'does not parse',
      { interval: 'soon' },
      'broken definition: interval ("soon"): "soon" is not a duration',
    ],
    [
      'names a service that there is not',
      { slots: { ...slots(), blue: { ...slots().blue, service: 'web-bleu' } } },
      'slots.blue.service ("shop/web-bleu"): ECS has no such service; create it or correct the name',
    ],
    [
      'names an alarm that there is not',
      { checks: [{ type: 'alarms', alarms: ['errors'] }] },
      'checks.0.alarms ("errors"): CloudWatch has no such alarm; create it or correct the name',
    ],
  ])('that %s is refused in the words of a rollout', async (_, changes, words) => {
    const refused = write(changes)
    await expect(refused).rejects.toThrow(DefinitionError)
    await expect(refused).rejects.toThrow(words)
    expect(standing()).toBeUndefined()

    world.store.definitions.set('web', definition(changes))
    const drive = await (await startRollout(world)).until('Ended')
    expect(drive.position.reason).toContain(words)
  })

  it('that routes by a record which clients hold for too long is refused', async () => {
    world.router.ttl = 600
    await expect(write()).rejects.toThrow(RouterError)
    await expect(write()).rejects.toThrow('its time to live is 600 s')
    expect(standing()).toBeUndefined()
  })

  it('of a service that runs no task yet is taken: a first deployment comes after it', async () => {
    world.services.set('shop/web-green', service('web-green', 'web:1', { desiredCount: 0 }))
    expect(await write()).toMatchObject({ kind: 'written' })
  })

  it('is tried again where somebody else wrote between the look and the write', async () => {
    await write()
    world.store.beforeWrite = () => {
      world.store.beforeWrite = () => {}
      world.store.definitions.set('web', definition({ interval: '15s' }))
    }
    await expect(write({ interval: '20s' })).rejects.toMatchObject({ retryable: true })
    expect(standing()).toEqual(definition({ interval: '15s' }))
  })
})

const green2 = { ...slots().green, service: 'web-green-2' }
const MOVES: readonly [string, Record<string, unknown>][] = [
  ['slots', { slots: { ...slots(), green: green2 } }],
  ['router', { router: { type: 'alb', rule: rule(4) } }],
  ['role', { role: ROLE }],
]

describe('during a rollout', () => {
  beforeEach(async () => {
    world.services.set('shop/web-green-2', service('web-green-2', 'web:2'))
    await defined()
  })

  it.each(MOVES)('another %s is refused, naming the rollout and what to do', async (_, changes) => {
    active()
    const refused = write(changes)
    await expect(refused).rejects.toThrow(RolloutActiveError)
    await expect(refused).rejects.toThrow(
      /rollout web-1 of canary "web" is active; wait for its end, or stop its execution.*change "slots", "router" and "role" after that/,
    )
    expect(standing()).toEqual(definition())
  })

  it.each(MOVES)(
    'that begins while another %s is written, it is taken back',
    async (_, changes) => {
      world.store.beforeWrite = () => {
        world.store.beforeWrite = () => {}
        active()
      }
      await expect(write(changes)).rejects.toThrow(RolloutActiveError)
      expect(standing()).toEqual(definition())
      expect(world.store.owners.get('web')).toBe(OWNER)
    },
  )

  it('another role is refused before anybody asks what it may do', async () => {
    active()
    world.roles.length = 0
    await expect(write({ role: ROLE })).rejects.toThrow(RolloutActiveError)
    expect(world.roles).not.toContain(ROLE)
  })

  it.each(MOVES)(
    'that begins while another %s is looked at, it never meets it',
    async (_, changes) => {
      const { writes } = world.store
      vi.spyOn(world.reach.services, 'describe').mockImplementationOnce(async (ref) => {
        active()
        return world.services.get(`${ref.cluster}/${ref.service}`)
      })
      await expect(write(changes)).rejects.toThrow(RolloutActiveError)
      expect(world.store.writes).toBe(writes)
    },
  )

  it('another role is taken where the one before is gone, for the rollout to fail back as', async () => {
    await write({ role: `${ROLE}-gone` })
    active()
    world.faults.set('describe', [new RoleError('cannot be assumed')])
    expect(await write({ role: ROLE })).toMatchObject({ kind: 'written' })
    expect(standing()).toEqual(definition({ role: ROLE }))
  })

  it('nothing else is moved where the role before is gone', async () => {
    await write({ role: `${ROLE}-gone` })
    active()
    const router = { type: 'alb', rule: rule(4) }
    await expect(write({ role: ROLE, router })).rejects.toThrow(RolloutActiveError)
  })

  it.each(MOVES)('another %s is taken once the rollout has ended', async (_, changes) => {
    expect(await write(changes)).toMatchObject({ kind: 'written' })
  })

  it('plan, checks and policies may change: they are the next rollout’s', async () => {
    active()
    const changes = {
      interval: '20s',
      checks: [{ type: 'ecs' }],
      plan: [{ weight: 100, bake: '1m' }],
    }
    expect(await write(changes)).toMatchObject({ kind: 'written' })
  })

  it('the same places in other words may be written', async () => {
    active()
    const { blue, green } = slots()
    const cluster = 'arn:aws:ecs:us-east-1:123456789012:cluster/shop'
    const spelled = { green: { ...green, cluster }, blue: { ...blue, setIdentifier: undefined } }
    expect(await write({ slots: spelled })).toMatchObject({ kind: 'written' })
  })

  it('the canary is not renamed', async () => {
    active()
    const refused = write({ canary: 'shop' }, OWNER, 'web')
    await expect(refused).rejects.toThrow(/rollout web-1 .*keep the name "web" until then/)
    expect(world.store.definitions.has('shop')).toBe(false)
  })

  it('the definition is not removed, and the reason names the rollout', async () => {
    active()
    await expect(remove()).rejects.toThrow(RolloutActiveError)
    await expect(remove()).rejects.toThrow(/rollout web-1 .*then delete again/)
    expect(standing()).toEqual(definition())
  })

  it('that begins while the definition is removed, it is put back', async () => {
    world.store.beforeWrite = () => {
      world.store.beforeWrite = () => {}
      active()
    }
    await expect(remove()).rejects.toThrow(RolloutActiveError)
    expect(standing()).toEqual(definition())
    expect(world.store.owners.get('web')).toBe(OWNER)
  })

  it('a removal that died half-way is refused as well: the role goes after it', async () => {
    active()
    world.store.definitions.clear()
    world.store.owners.clear()
    await expect(remove()).rejects.toThrow(RolloutActiveError)
  })
})

describe('removing a definition', () => {
  it('takes it away and leaves state and history', async () => {
    await defined()
    const state = world.store.states.get('web')
    expect(await remove()).toMatchObject({ kind: 'removed' })
    expect(standing()).toBeUndefined()
    expect(world.store.states.get('web')).toBe(state)
    expect(await remove()).toMatchObject({ kind: 'absent' })
  })

  it.each([
    ['somebody else’s', OTHER],
    ['nobody’s', undefined],
  ])('leaves alone what is %s, whatever is under way', async (_, owner) => {
    await defined()
    active()
    world.store.owners.delete('web')
    if (owner) world.store.owners.set('web', owner)
    expect(await remove()).toMatchObject({ kind: 'foreign' })
    expect(standing()).toEqual(definition())
  })

  it('after a rename goes on under the old name alone', async () => {
    await defined()
    await write({ canary: 'shop' }, OWNER, 'web')
    expect(await remove()).toMatchObject({ kind: 'removed', canary: 'web' })
    expect([...world.store.definitions.keys()]).toEqual(['shop'])
  })
})

function slots() {
  return {
    blue: { cluster: 'shop', service: 'web-blue', targetGroup: targetGroup('blue') },
    green: { cluster: 'shop', service: 'web-green', targetGroup: targetGroup('green') },
  }
}

function rule(id: number): string {
  return `arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/web/1/2/${id}`
}
