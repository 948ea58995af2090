import { afterEach, describe, expect, it, vi } from 'vitest'
import { HoldLostError, NotYetError, SluiceError } from '../../../core/errors.ts'
import { newRollout, type Rollout } from '../../../core/model/rollout.ts'
import { createBakeHandler } from '../../../functions/bake/index.ts'
import { createFailBackHandler } from '../../../functions/fail-back/index.ts'
import { createReadyHandler } from '../../../functions/ready/index.ts'
import { CONTEXT, logged, printed, stubContainer } from './stub-container.ts'

afterEach(() => vi.restoreAllMocks())

const CLAIM = {
  canary: 'checkout',
  rollout: 'checkout-12',
  attempt: 12,
  candidate: 'green',
  revision: 'checkout:42',
}
const POSITION = {
  ...CLAIM,
  step: 2,
  weight: 10,
  reason: 'green has 10 % of the traffic',
  decision: 'verify',
  seconds: 30,
}
const TASK = { execution: 'checkout-12', input: POSITION }

const ENDED: Rollout = {
  ...newRollout({ ...CLAIM, candidate: 'green' }, 0),
  status: 'failed-back',
  outcome: 'failed-back',
}

function failing(error: Error) {
  const fail = async () => {
    throw error
  }
  return stubContainer({ store: { readRollout: fail } })
}

describe('a task of the workflow', () => {
  it('has canary, rollout and step on every line, and none of them in the next invocation', async () => {
    const lines = printed()
    const container = failing(new HoldLostError('checkout-12 has ended'))
    const handle = createReadyHandler(container)
    await expect(handle(TASK, CONTEXT)).rejects.toThrow('has ended')
    await expect(handle({ execution: 'x' }, CONTEXT)).rejects.toThrow('no task of the workflow')
    const [first, second, ...others] = logged(lines)
    expect(others).toEqual([])
    expect(first).toMatchObject({ canary: 'checkout', rollout: 'checkout-12', step: 2 })
    expect(second).not.toHaveProperty('canary')
    expect(second).not.toHaveProperty('step')
  })

  it.each([
    ['NotYet', new NotYetError('no task runs yet'), 'INFO'],
    ['HoldLost', new HoldLostError('another holds it'), 'WARN'],
    ['TypeError', new TypeError('x is not a function'), 'ERROR'],
  ])('throws %s under its name, and logs it once', async (name, error, level) => {
    const lines = printed()
    await expect(createReadyHandler(failing(error))(TASK, CONTEXT)).rejects.toBe(error)
    expect(error.name).toBe(name)
    expect(logged(lines)).toEqual([expect.objectContaining({ level })])
  })

  it('logs the stack of an error that nobody expected', async () => {
    const lines = printed()
    const error = new TypeError('x is not a function')
    await expect(createReadyHandler(failing(error))(TASK, CONTEXT)).rejects.toBe(error)
    expect(lines[0]).toMatchObject({
      message: 'unexpected error',
      error: { name: 'TypeError', stack: expect.stringContaining('workflow-handlers.test') },
    })
  })

  it.each([
    ['no execution', { input: POSITION }, 'execution'],
    ['no input', { execution: 'checkout-12' }, 'input'],
    [
      'a slot that there is not',
      { ...TASK, input: { ...POSITION, candidate: 'red' } },
      'input.candidate',
    ],
    ['a weight beyond all', { ...TASK, input: { ...POSITION, weight: 101 } }, 'input.weight'],
  ])('with %s ends as InputInvalid that names the place', async (_, task, place) => {
    printed()
    const call = createReadyHandler(stubContainer())(task, CONTEXT)
    await expect(call).rejects.toMatchObject({
      name: 'InputInvalid',
      message: expect.stringContaining(place),
    })
    await expect(call).rejects.toBeInstanceOf(SluiceError)
  })
})

describe('fail-back', () => {
  it.each([
    ['the position of a rollout', POSITION],
    ['the claim alone', CLAIM],
    ['a position that is broken', { ...POSITION, seconds: 'soon', weight: null }],
    ['an error without a cause', { ...CLAIM, error: { Error: 'Lambda.Unknown' } }],
  ])('does its work from %s', async (_, input) => {
    const lines = printed()
    const container = stubContainer({
      store: {
        amendRollout: async (_canary, _attempt, change) => change(ENDED),
        amendState: async () => {
          throw new NotYetError('asked to settle')
        },
      },
    })
    const call = createFailBackHandler(container)({ execution: 'checkout-12', input }, CONTEXT)
    await expect(call).rejects.toThrow('asked to settle')
    expect(lines[0]).toMatchObject({ canary: 'checkout', rollout: 'checkout-12' })
  })
})

describe('bake', () => {
  it('refuses a task without a token: nothing could ever wake it', async () => {
    printed()
    const call = createBakeHandler(stubContainer())({ ...TASK, waitingFor: 'bake' }, CONTEXT)
    await expect(call).rejects.toMatchObject({ message: expect.stringContaining('token') })
  })
})
