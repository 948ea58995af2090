import { describe, expect, it } from 'vitest'
import { parseBatch, parseStreamRecord, sequenceNumberOf } from '../../../events/dynamodb-stream.ts'
import { sample } from './samples.ts'

function only(name: string): unknown {
  const batch = parseBatch(sample('dynamodb-stream', name))
  if (batch.kind === 'ignored') throw new Error(batch.reason)
  return batch.value[0]
}

describe('a record of the stream', () => {
  it.each([
    [
      'triggered-reset',
      { record: 'state', before: { triggered: true }, after: { triggered: false } },
    ],
    [
      'triggered-set-by-a-claim',
      {
        before: { triggered: false },
        after: { triggered: true, activeRollout: 'checkout-13' },
      },
    ],
    ['state-created', { record: 'state', before: undefined, after: { triggered: false } }],
    ['definition-applied', { record: 'definition' }],
    ['definition-removed', { record: 'definition' }],
  ])('is read from %s', (name, value) => {
    expect(parseStreamRecord(only(name))).toEqual({
      kind: 'parsed',
      value: expect.objectContaining({ canary: 'checkout', ...value }),
    })
  })

  it.each([
    ['state-removed', 'eventName is REMOVE'],
    ['rollout-changed', 'dynamodb.Keys.Record is rollout#12'],
    ['triggered-written-as-text', 'Triggered.BOOL'],
  ])('is not read from %s, and the reason names the field', (name, reason) => {
    expect(parseStreamRecord(only(name))).toEqual({
      kind: 'ignored',
      reason: expect.stringContaining(reason),
    })
  })

  it('whose active rollout is no text has none', () => {
    const record = only('triggered-set-by-a-claim') as {
      dynamodb: { NewImage: Record<string, unknown> }
    }
    record.dynamodb.NewImage.ActiveRollout = { N: '13' }
    expect(parseStreamRecord(record)).toMatchObject({ value: { after: { triggered: true } } })
  })

  it('tells its sequence number where it has one', () => {
    expect(sequenceNumberOf(only('triggered-reset'))).toMatch(/^\d+$/)
    expect(sequenceNumberOf({ dynamodb: {} })).toBeUndefined()
  })
})
