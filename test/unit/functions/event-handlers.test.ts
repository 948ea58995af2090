import { afterEach, describe, expect, it, vi } from 'vitest'
import { RecordError, RoleError, TransientError } from '../../../core/errors.ts'
import type { CanaryState } from '../../../core/model/canary-state.ts'
import { createGuardHandler } from '../../../functions/guard/index.ts'
import { createRetriggerHandler } from '../../../functions/retrigger/index.ts'
import { createSignalHandler } from '../../../functions/signal/index.ts'
import { createTriggerHandler } from '../../../functions/trigger/index.ts'
import { sample } from '../events/samples.ts'
import { CONTEXT, logged, printed, stubContainer } from './stub-container.ts'

afterEach(() => vi.restoreAllMocks())

const NO_FAILURES = { batchItemFailures: [] }

const ALIEN = [
  ['nothing', undefined],
  ['a text', 'hello'],
  ['an event of another source', { source: 'aws.s3', 'detail-type': 'Object Created', detail: {} }],
  ['an event without its detail', { source: 'aws.ecs', 'detail-type': 'ECS Task State Change' }],
  ['a standalone task', sample('ecs-task-state-change', 'running-standalone-task')],
] as const

describe.each(ALIEN)('%s', (_, event) => {
  it('is ignored by trigger with a logged reason and without a call', async () => {
    const lines = printed()
    const result = await createTriggerHandler(stubContainer())(event, CONTEXT)
    expect(result).toMatchObject({ kind: 'ignored', reason: expect.stringMatching(/.{10}/) })
    expect(lines[0]).toMatchObject({ level: 'INFO', message: result.reason, result: 'ignored' })
  })

  it.each([
    ['as the event', event],
    ['in a message', { Records: [{ body: JSON.stringify(event) }] }],
  ])('is ignored by guard %s with a logged reason and without a call', async (_, given) => {
    const lines = printed()
    const answer = await createGuardHandler(stubContainer())(given, CONTEXT)
    expect(answer).toEqual(NO_FAILURES)
    const message = expect.stringMatching(/.{10}/)
    expect(logged(lines)).toMatchObject([{ level: 'INFO', message, result: 'ignored' }])
  })

  it('is no batch to retrigger, which fails none of it', async () => {
    printed()
    const handle = createRetriggerHandler(stubContainer())
    expect(await handle(event, CONTEXT)).toEqual({ batchItemFailures: [] })
  })

  it('is ignored or refused by signal, and never an exception', async () => {
    printed()
    const { kind } = await createSignalHandler(stubContainer())(event, CONTEXT)
    expect(['ignored', 'refused']).toContain(kind)
  })
})

describe('trigger', () => {
  it('counts an ignored event and names the service on the line', async () => {
    const lines = printed()
    const handle = createTriggerHandler(
      stubContainer({ store: { findByCandidate: async () => [] } }),
    )
    await handle(sample('ecs-task-state-change', 'running'), CONTEXT)
    expect(lines[0]).toMatchObject({
      message: "shop/checkout-green is no canary's candidate",
      ecs: { cluster: 'shop', service: 'checkout-green' },
    })
    expect(lines[1]).toMatchObject({ EventIgnored: 1 })
  })

  it('throws what a retry may mend', async () => {
    printed()
    const findByCandidate = async () => {
      throw new TransientError('DynamoDB Query got no answer')
    }
    const handle = createTriggerHandler(stubContainer({ store: { findByCandidate } }))
    const call = handle(sample('ecs-task-state-change', 'running'), CONTEXT)
    await expect(call).rejects.toMatchObject({ name: 'Transient' })
  })
})

describe('guard', () => {
  it('has canary and rollout on its line', async () => {
    const lines = printed()
    const store = { readRollout: async () => undefined, readState: async () => undefined }
    const handle = createGuardHandler(stubContainer({ store }))
    const answer = await handle(sample('queue-message', 'execution-aborted'), CONTEXT)
    expect(answer).toEqual(NO_FAILURES)
    expect(lines[0]).toMatchObject({
      canary: 'checkout',
      rollout: 'checkout-12',
      result: 'ignored',
    })
  })

  it('ignores a message whose body is broken, and goes on with the next', async () => {
    const lines = printed()
    const store = { readRollout: async () => undefined, readState: async () => undefined }
    const Records = [...records('body-cut-short'), ...records('execution-aborted')]
    const answer = await createGuardHandler(stubContainer({ store }))({ Records }, CONTEXT)
    expect(answer).toEqual(NO_FAILURES)
    const told = lines.filter((line) => 'message' in line)
    expect(told).toMatchObject([
      { level: 'INFO', message: expect.stringContaining('is no JSON'), result: 'ignored' },
      { rollout: 'checkout-12', result: 'ignored' },
    ])
    expect(told[0]).not.toHaveProperty('rollout')
  })

  it('throws what a retry may mend, so that the message comes again', async () => {
    const lines = printed()
    const readState = async () => undefined
    const readRollout = async () => {
      throw new TransientError('DynamoDB GetItem got no answer')
    }
    const handle = createGuardHandler(stubContainer({ store: { readRollout, readState } }))
    const call = handle(sample('queue-message', 'execution-aborted'), CONTEXT)
    await expect(call).rejects.toMatchObject({ name: 'Transient' })
    expect(lines[0]).toMatchObject({ level: 'WARN', rollout: 'checkout-12' })
  })

  const active = { canary: 'checkout', activeRollout: 'checkout-12', execution: 'arn:checkout-12' }

  it('names a reminder of a rollout that runs, so that it comes again', async () => {
    const lines = printed()
    const store = {
      readRollout: async () => undefined,
      readState: async () => active as unknown as CanaryState,
    }
    const workflows = { describe: async () => ({ status: 'RUNNING' }) as const }
    const handle = createGuardHandler(stubContainer({ store, workflows }))
    const Records = [...records('rollout-reminder'), ...records('execution-aborted').slice(1)]
    expect(await handle({ Records }, CONTEXT)).toEqual({
      batchItemFailures: [{ itemIdentifier: '059f36b4-87a3-44ab-83d2-661975830003' }],
    })
    expect(logged(lines)).toMatchObject([
      { level: 'INFO', rollout: 'checkout-12', result: 'watching' },
    ])
    // It failed at nothing: no alarm looks at what it counts.
    expect(lines.filter((line) => '_aws' in line)).toEqual([])
  })

  it.each([
    ['is settled', 'rollout-reminder', undefined, 'settled'],
    ['is none', 'rollout-reminder', { source: 'sluice' }, 'ignored'],
  ])('deletes a reminder whose rollout %s', async (_, name, detail, result) => {
    const lines = printed()
    const store = { readRollout: async () => undefined, readState: async () => undefined }
    const [message] = records(name) as { body: string }[]
    const body = detail
      ? JSON.stringify({ ...JSON.parse(message?.body ?? ''), detail })
      : message?.body
    const handle = createGuardHandler(stubContainer({ store }))
    expect(await handle({ Records: [{ ...message, body }] }, CONTEXT)).toEqual(NO_FAILURES)
    expect(logged(lines)).toMatchObject([{ result }])
  })

  it('puts a reminder anew that the queue would give up, and deletes it', async () => {
    printed()
    const put: object[] = []
    const store = {
      readRollout: async () => undefined,
      readState: async () => active as unknown as CanaryState,
    }
    const workflows = { describe: async () => ({ status: 'RUNNING' }) as const }
    const reminders = { put: async (claim: object) => void put.push(claim) }
    const handle = createGuardHandler(stubContainer({ store, workflows, reminders }))
    const [message] = records('rollout-reminder')
    const attributes = { ApproximateReceiveCount: '80' }
    expect(await handle({ Records: [{ ...message, attributes }] }, CONTEXT)).toEqual(NO_FAILURES)
    expect(put).toMatchObject([{ rollout: 'checkout-12', attempt: 12, candidate: 'green' }])
  })

  function records(name: string): readonly object[] {
    return (sample('queue-message', name) as { Records: object[] }).Records
  }
})

describe('signal', () => {
  it('looks nothing up for a task that was stopped by scaling', async () => {
    const lines = printed()
    const handle = createSignalHandler(stubContainer())
    const result = await handle(sample('ecs-task-state-change', 'stopped-by-scaling'), CONTEXT)
    expect(result).toMatchObject({ kind: 'ignored' })
    expect(lines[0]).toMatchObject({ ecs: { service: 'checkout-green' } })
  })

  it('answers a person who asks for what there is not with a reason, not with an exception', async () => {
    const lines = printed()
    const handle = createSignalHandler(stubContainer())
    const result = await handle(sample('signal-request', 'unknown-kind'), CONTEXT)
    expect(result).toMatchObject({ kind: 'refused', reason: expect.stringContaining('kind') })
    expect(lines[0]).toMatchObject({ result: 'refused' })
  })

  it('takes a request to the canary that it names', async () => {
    const lines = printed()
    const handle = createSignalHandler(
      stubContainer({ store: { readState: async () => undefined } }),
    )
    const result = await handle(sample('signal-request', 'abort'), CONTEXT)
    expect(result).toMatchObject({ kind: 'refused', reason: expect.stringContaining('checkout') })
    expect(lines[0]).toMatchObject({ canary: 'checkout' })
  })
})

describe('retrigger', () => {
  const state: CanaryState = {
    canary: 'checkout',
    triggered: true,
    attempt: 12,
    live: 'blue',
    candidateService: 'shop/checkout-green',
    services: { blue: 'shop/checkout-blue', green: 'shop/checkout-green' },
  }

  it('goes on behind a record that is no concern, and stops at the first that failed', async () => {
    printed()
    let reads = 0
    const readState = async () => {
      reads++
      if (reads > 1) throw new TransientError('DynamoDB GetItem got no answer')
      return state
    }
    const handle = createRetriggerHandler(stubContainer({ store: { readState } }))
    const [reset] = records('triggered-reset')
    const numbered = (SequenceNumber: string) => ({
      ...reset,
      dynamodb: { ...reset?.dynamodb, SequenceNumber },
    })
    const Records = [
      ...records('rollout-changed'),
      numbered('1'),
      ...records('triggered-written-as-text'),
      numbered('2'),
      numbered('3'),
    ]
    const answer = await handle({ Records }, CONTEXT)
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '2' }] })
    expect(reads).toBe(2)
  })

  it('skips a record that no retry mends, with an error on its line, and blocks nothing', async () => {
    const lines = printed()
    let reads = 0
    const readState = async () => {
      reads++
      if (reads === 1) throw new RecordError('state of checkout: Live is "red"; set blue or green')
      return state
    }
    const handle = createRetriggerHandler(stubContainer({ store: { readState } }))
    const Records = [...records('triggered-reset'), ...records('triggered-reset')]
    expect(await handle({ Records }, CONTEXT)).toEqual({ batchItemFailures: [] })
    expect(reads).toBe(2)
    expect(lines.filter((line) => 'message' in line)).toMatchObject([
      { level: 'ERROR', canary: 'checkout', error: { name: 'RecordInvalid' } },
      { level: 'INFO', canary: 'checkout', result: 'ignored' },
    ])
  })

  it.each([
    ['tries', 119, [{ itemIdentifier: '7' }]],
    ['no more tries', 120, []],
  ])('%s a record again whose role IAM denies after %d s', async (_, age, batchItemFailures) => {
    printed()
    const readState = async () => {
      throw new RoleError('role checkout cannot be assumed')
    }
    const container = stubContainer({ store: { readState } })
    const [reset] = records('triggered-reset')
    const ApproximateCreationDateTime = container.clock.now() / 1000 - age
    const dynamodb = { ...reset?.dynamodb, SequenceNumber: '7', ApproximateCreationDateTime }
    const handle = createRetriggerHandler(container)
    const answer = await handle({ Records: [{ ...reset, dynamodb }] }, CONTEXT)
    expect(answer).toEqual({ batchItemFailures })
  })

  it('names on each line only the canary of its own record', async () => {
    const lines = printed()
    const handle = createRetriggerHandler(
      stubContainer({ store: { readState: async () => state } }),
    )
    const Records = [...records('triggered-reset'), ...records('rollout-changed')]
    await handle({ Records }, CONTEXT)
    const told = lines.filter((line) => 'message' in line)
    expect(told.map((line) => line.canary)).toEqual(['checkout', undefined])
  })

  function records(name: string) {
    const batch = sample('dynamodb-stream', name)
    return (batch as { Records: { dynamodb: object }[] }).Records
  }
})
