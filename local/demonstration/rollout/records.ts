import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { Clients } from '../clients.ts'
import type { BySlot, SlotName } from '../environment/environment.ts'

/** What the demonstration looks at of the records in the table; Sluice's own code reads all of them. */
export interface StateRecord {
  readonly Triggered: boolean
  readonly Attempt: number
  readonly Live: SlotName
  readonly Revision?: string
  readonly ActiveRollout?: string
  readonly LastRollout?: string
  readonly LastOutcome?: Outcome
}

export type Outcome = 'promoted' | 'failed-back'

export interface TimelineEntry {
  readonly at: number
  readonly what: string
  readonly why: string
  readonly who: string
  readonly weight?: number
}

export interface Evidence {
  readonly check: string
  readonly kind: 'pass' | 'fail' | 'inconclusive' | 'error'
  readonly reason: string
}

export interface RolloutRecord {
  readonly Rollout: string
  readonly Status: string
  readonly Candidate: SlotName
  readonly Step: number
  readonly Weight: number
  readonly Achieved: number
  readonly Reason: string
  readonly Hold: { readonly execution: string }
  readonly Evidence: readonly Evidence[]
  readonly Timeline: readonly TimelineEntry[]
  readonly Outcome?: Outcome
  readonly Baseline?: BySlot<number>
}

/** Reads and writes the table as a person with the AWS console does. */
export function createRecords({ table }: Pick<Clients, 'table'>, tableName: string) {
  const get = async <Found>(canary: string, record: string) => {
    const { Item } = await table.send(
      new GetCommand({
        TableName: tableName,
        Key: { Canary: canary, Record: record },
        ConsistentRead: true,
      }),
    )
    return Item as Found | undefined
  }
  return {
    tableName,
    state: (canary: string) => get<StateRecord>(canary, 'state'),
    rollout: (canary: string, attempt: number) => get<RolloutRecord>(canary, `rollout#${attempt}`),
    /** ARN of the role as which Sluice touches the canary's resources. */
    async roleOf(canary: string): Promise<string> {
      const written = await get<{ readonly Definition: { readonly role?: string } }>(
        canary,
        'definition',
      )
      if (written?.Definition.role) return written.Definition.role
      throw new Error(`the definition of ${canary} names no role`)
    },
    /** What a team writes into its canary's definition; here by hand, where a scenario is about something else. */
    async amendDefinition(canary: string, change: Readonly<Record<string, unknown>>) {
      const names = Object.keys(change)
      await table.send(
        new UpdateCommand({
          TableName: tableName,
          Key: { Canary: canary, Record: 'definition' },
          ConditionExpression: 'attribute_exists(#definition)',
          UpdateExpression: `SET #version = #version + :one, ${names.map((_, index) => `#definition.#n${index} = :v${index}`).join(', ')}`,
          ExpressionAttributeNames: {
            '#version': 'Version',
            '#definition': 'Definition',
            ...Object.fromEntries(names.map((name, index) => [`#n${index}`, name])),
          },
          ExpressionAttributeValues: {
            ':one': 1,
            ...Object.fromEntries(names.map((name, index) => [`:v${index}`, change[name]])),
          },
        }),
      )
    },
    /** Nothing but this starts the rollout again. */
    async resetTriggered(canary: string) {
      await table.send(
        new UpdateCommand({
          TableName: tableName,
          Key: { Canary: canary, Record: 'state' },
          UpdateExpression: 'SET Triggered = :no',
          ExpressionAttributeValues: { ':no': false },
        }),
      )
    },
  }
}

export type Records = ReturnType<typeof createRecords>
