import type { Context } from 'aws-lambda'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ProviderError, RoleError, TransientError } from '../../../core/errors.ts'
import { createDefineHandler } from '../../../functions/define/index.ts'
import { parseEnvironment } from '../../../functions/shared/environment.ts'
import { createWatch } from '../../../functions/shared/watch.ts'
import { createWorld, definition, service, type World } from '../../fixtures/world.ts'
import { sample } from '../events/samples.ts'
import { CONTEXT, ENVIRONMENT, logged, printed } from './stub-container.ts'

const STACK = 'arn:aws:cloudformation:us-east-1:123456789012:stack/Shop/0a1b2c3d'
const OWNER = `${STACK}/WebDefinition7F6E5D4C`

let world: World
let lines: Record<string, unknown>[]
beforeEach(() => {
  vi.useFakeTimers()
  lines = printed()
  world = createWorld()
  world.store.definitions.clear()
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** Two minutes of a function's time, on the fake clock. */
function context(): Context {
  const end = Date.now() + 120_000
  return { ...CONTEXT, getRemainingTimeInMillis: () => end - Date.now() }
}

/** Invokes `define` and lets its pauses pass. */
async function invoke(event: unknown) {
  const environment = parseEnvironment(ENVIRONMENT)
  const clock = { now: () => Date.now() }
  const watch = createWatch(environment)
  const container = { ...world.ports, clock, environment, watch }
  const invocation = createDefineHandler(container)(event, context())
  // Told at once that somebody looks at it: it may be refused while the pauses pass.
  invocation.catch(() => undefined)
  await vi.runAllTimersAsync()
  return invocation
}

const request = (name: string, changes: Record<string, unknown> = {}) => ({
  ...(sample('cloudformation-custom-resource', name) as Record<string, unknown>),
  ...changes,
})
const properties = (changes: Record<string, unknown> = {}) => ({
  ResourceProperties: {
    ServiceToken: 'arn:aws:lambda:us-east-1:123456789012:function:sluice-definitions',
    Definition: JSON.stringify(definition(changes)),
  },
})

describe('define', () => {
  it('creates, changes and deletes a definition under the canary’s name', async () => {
    const answer = { PhysicalResourceId: 'web', Data: { Canary: 'web' } }
    expect(await invoke(request('create', properties()))).toEqual(answer)
    expect(world.store.owners.get('web')).toBe(OWNER)
    expect(await invoke(request('update', properties({ interval: '20s' })))).toEqual(answer)
    expect(world.store.definitions.get('web')).toEqual(definition({ interval: '20s' }))
    expect(await invoke(request('delete', { PhysicalResourceId: 'web' }))).toEqual(answer)
    expect(world.store.definitions.size).toBe(0)
    const counted = lines.filter((line) => line.DefinitionChanged === 1)
    expect(counted.map(({ canary }) => canary)).toEqual(['web', 'web', 'web'])
  })

  it('reads the samples of what CloudFormation sends', async () => {
    for (const name of ['checkout-blue', 'checkout-green']) {
      world.services.set(`shop/${name}`, service(name, 'checkout:1'))
    }
    for (const name of ['create', 'update', 'delete']) {
      expect(await invoke(request(name))).toMatchObject({ PhysicalResourceId: 'checkout' })
    }
    const results = logged(lines).map(({ result }) => result)
    expect(results).toEqual(['written', 'written', 'removed'])
  })

  it('gives another name another resource', async () => {
    await invoke(request('create', properties()))
    const renamed = await invoke(
      request('update', { ...properties({ canary: 'shop' }), PhysicalResourceId: 'web' }),
    )
    expect(renamed).toMatchObject({ PhysicalResourceId: 'shop' })
  })

  it.each([
    ['no request', { hello: 'world' }, /no request of CloudFormation for a canary: RequestType/],
    [
      'no definition',
      request('create', { ResourceProperties: { ServiceToken: 'x' } }),
      /ResourceProperties\.Definition/,
    ],
    [
      'a definition that is no JSON',
      request('create', { ResourceProperties: { Definition: '{canary: web}' } }),
      /broken definition: Definition is no JSON .*Stack\.toJsonString/,
    ],
    [
      'a definition whose plan does not end at 100',
      request('create', properties({ plan: [{ weight: 10, bake: '1m' }] })),
      /broken definition: plan/,
    ],
  ])('refuses %s, and says why', async (_, event, why) => {
    await expect(invoke(event)).rejects.toThrow(why)
    expect(world.store.definitions.size).toBe(0)
  })

  it('says briefly to CloudFormation, and in full in the log, what is wrong with everything', async () => {
    const slots = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`slot-${n}`, 1]))
    const refused = invoke(request('create', properties({ slots })))
    await expect(refused).rejects.toMatchObject({
      name: 'DefinitionInvalid',
      message: expect.stringMatching(/^broken definition: .{1400,1600}the whole is in the log\)$/),
    })
    expect(`${logged(lines)[0]?.message}`.length).toBeGreaterThan(3_000)
  })

  it('deletes nothing under a name that no canary can have', async () => {
    const PhysicalResourceId = 'AWSCDK::CustomResourceProviderFramework::CREATE_FAILED'
    const answer = await invoke(request('delete', { PhysicalResourceId }))
    expect(answer).toEqual({ PhysicalResourceId })
  })
})

describe('define, while IAM does not know a new role everywhere', () => {
  const denied = Object.assign(new Error('User is not authorized'), {
    name: 'AccessDeniedException',
  })

  it.each([
    ['the role cannot be assumed yet', new RoleError('role x cannot be assumed')],
    ['its policy is not there yet', denied],
    ['ECS denies what its policy will allow', new ProviderError('denied', { cause: denied })],
    ['a service throttles', new TransientError('DescribeServices got no answer')],
  ])('waits, where %s', async (_, error) => {
    world.faults.set('describe', [error, error, error])
    const began = Date.now()
    expect(await invoke(request('create', properties()))).toMatchObject({
      PhysicalResourceId: 'web',
    })
    expect(Date.now() - began).toBe(9_000)
  })

  it('gives up within its own time, with the reason', async () => {
    const error = new RoleError('role x cannot be assumed')
    world.faults.set(
      'describe',
      Array.from({ length: 1_000 }, () => error),
    )
    const began = Date.now()
    await expect(invoke(request('create', properties()))).rejects.toBe(error)
    expect(Date.now() - began).toBeLessThanOrEqual(60_000)
    expect(Date.now() - began).toBeGreaterThan(50_000)
  })

  it('does not wait for what no moment mends', async () => {
    world.services.clear()
    const began = Date.now()
    await expect(invoke(request('create', properties()))).rejects.toThrow('no such service')
    expect(Date.now()).toBe(began)
  })
})
