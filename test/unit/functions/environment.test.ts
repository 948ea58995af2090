import { describe, expect, it } from 'vitest'
import { parseEnvironment } from '../../../functions/shared/environment.ts'
import { ENVIRONMENT, STATE_MACHINE } from './stub-container.ts'

describe("a function's environment", () => {
  it('is read with defaults for what it is watched by', () => {
    expect(parseEnvironment(ENVIRONMENT)).toEqual({
      table: 'records',
      candidateIndex: 'ByCandidate',
      stateMachineArn: STATE_MACHINE,
      eventBus: 'default',
      endedExecutions: 'https://sqs.us-east-1.amazonaws.com/123456789012/ended',
      functionName: 'test',
      service: 'sluice',
      metricsNamespace: 'Sluice',
      logLevel: 'INFO',
    })
  })

  it('that is broken is told by each variable and its value', () => {
    const broken = { ...ENVIRONMENT, TABLE_NAME: undefined, STATE_MACHINE_ARN: 'sluice' }
    expect(() => parseEnvironment(broken)).toThrow(/TABLE_NAME=.*STATE_MACHINE_ARN=sluice/)
  })
})
