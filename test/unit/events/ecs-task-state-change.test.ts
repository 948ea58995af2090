import { describe, expect, it } from 'vitest'
import { parseRunningTask, parseStoppedTask } from '../../../events/ecs-task-state-change.ts'
import { sample } from './samples.ts'

const ECS = 'ecs-task-state-change'

const TASK = {
  cluster: 'shop',
  service: 'checkout-green',
  revision: 'arn:aws:ecs:us-east-1:123456789012:task-definition/checkout:42',
  deployment: 'ecs-svc/4415926535897932384',
  task: 'arn:aws:ecs:us-east-1:123456789012:task/shop/0b6f4c1d9a3e4f5a8c7d6e5f4a3b2c1d',
}

describe('a RUNNING task', () => {
  it.each([
    'running',
    'running-duplicate',
    'running-with-injected-sidecar-without-image',
    'running-again-after-a-sidecar-exited',
    'running-with-fields-of-tomorrow',
  ])('is read from %s by the short names of cluster and service', (name) => {
    expect(parseRunningTask(sample(ECS, name))).toEqual({ kind: 'parsed', value: TASK })
  })

  it('is read with ten containers as with one (failure 9: exactly two were required)', () => {
    const ten = parseRunningTask(sample(ECS, 'running-with-ten-containers'))
    expect(ten).toEqual({ kind: 'parsed', value: TASK })
  })

  it.each([
    ['running-standalone-task', 'detail.group is family:nightly-report'],
    ['running-but-meant-to-stop', 'detail.desiredStatus is STOPPED'],
    ['running-without-started-by', 'detail.startedBy is absent'],
    ['pending', 'detail.lastStatus is PENDING'],
    ['stopped-by-crash', 'detail.lastStatus is STOPPED'],
  ])('is not read from %s, and the reason names the field', (name, reason) => {
    expect(parseRunningTask(sample(ECS, name))).toEqual({
      kind: 'ignored',
      reason: expect.stringContaining(reason),
    })
  })

  it.each([
    ['an execution', sample('step-functions-execution-status-change', 'aborted'), 'source'],
    ['a signal request', sample('signal-request', 'abort'), 'source'],
    ['an empty object', {}, 'source'],
    ['nothing', undefined, 'the whole'],
    ['a number', 7, 'the whole'],
    [
      'an event without detail',
      { source: 'aws.ecs', 'detail-type': 'ECS Task State Change' },
      'detail',
    ],
  ])('is not read from %s', (_, event, field) => {
    expect(parseRunningTask(event)).toEqual({
      kind: 'ignored',
      reason: expect.stringContaining(field),
    })
  })
})

describe('a STOPPED task', () => {
  it('brings its stop code and reason', () => {
    expect(parseStoppedTask(sample(ECS, 'stopped-by-crash'))).toEqual({
      kind: 'parsed',
      value: {
        ...TASK,
        stopCode: 'EssentialContainerExited',
        reason: 'Essential container in task exited',
      },
    })
  })

  it('may have no stop code', () => {
    expect(parseStoppedTask(sample(ECS, 'stopped-without-stop-code'))).toEqual({
      kind: 'parsed',
      value: TASK,
    })
  })

  it('is not read from a task that runs', () => {
    expect(parseStoppedTask(sample(ECS, 'running')).kind).toBe('ignored')
  })
})
