import { unmarshall } from '@aws-sdk/util-dynamodb'
import { rolloutCodec } from '../../adapters/rollout-codec.ts'
import { stateCodec } from '../../adapters/state-codec.ts'
import type { CanaryState } from '../../core/model/canary-state.ts'
import { readDefinition } from '../../core/model/definition.ts'
import type { Freeze } from '../../core/model/freeze.ts'
import type { Rollout } from '../../core/model/rollout.ts'
import type { StreamRecord } from '../../local/services/dynamodb/index.ts'

type Item = Parameters<typeof rolloutCodec.decode>[0]

/** The canary's records as they stand, told by the table's stream. */
export interface Records {
  readonly state: CanaryState | undefined
  readonly rollouts: ReadonlyMap<string, Rollout>
  /** When a person last wrote weights, milliseconds since the epoch. */
  readonly editedAt: number
  editedByHand(): void
  /** Since when the line is stopped. */
  readonly stoppedSince: number | undefined
  /** What is frozen, and since when the definition says so. */
  readonly frozen: { readonly since: number; readonly freeze: readonly Freeze[] }
}

export interface RecordListener {
  state(before: CanaryState | undefined, after: CanaryState): void
  rollout(before: Rollout | undefined, after: Rollout): void
}

export function createRecords(): Records & {
  follow(record: StreamRecord, listener: RecordListener): void
} {
  const rollouts = new Map<string, Rollout>()
  let state: CanaryState | undefined
  let editedAt = 0
  let stoppedSince: number | undefined
  let frozen: Records['frozen'] = { since: 0, freeze: [] }
  return {
    get state() {
      return state
    },
    rollouts,
    get editedAt() {
      return editedAt
    },
    editedByHand() {
      editedAt = Date.now()
    },
    get stoppedSince() {
      return stoppedSince
    },
    get frozen() {
      return frozen
    },
    follow({ dynamodb }, listener) {
      const item = dynamodb.NewImage as Item | undefined
      const record = (dynamodb.Keys as Item).Record?.S ?? ''
      if (!item) return
      if (record === 'state') {
        const before = state
        state = stateCodec.decode(item)
        listener.state(before, state)
      }
      if (record === 'stop-the-line') {
        stoppedSince = item.Stopped?.BOOL ? (stoppedSince ?? Date.now()) : undefined
      }
      if (record === 'definition') {
        const reading = readDefinition(unmarshall(item).Definition)
        if (reading.kind === 'sound') {
          frozen = { since: Date.now(), freeze: reading.definition.freeze }
        }
      }
      if (record.startsWith('rollout#')) {
        const after = rolloutCodec.decode(item)
        const before = rollouts.get(after.rollout)
        rollouts.set(after.rollout, after)
        listener.rollout(before, after)
      }
    },
  }
}
