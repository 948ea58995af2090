import { ignored, type Parsed, parsed, read } from './outcome.ts'
import * as z from './zod.ts'

const text = z.looseObject({ S: z.string() })

/** The images are read only where they count, so that an odd one ends in a reason that names the attribute. */
const recordSchema = z.looseObject({
  eventName: z.enum(['INSERT', 'MODIFY', 'REMOVE']),
  dynamodb: z.looseObject({
    Keys: z.looseObject({ Canary: text, Record: text }),
    SequenceNumber: z.optional(z.string()),
    NewImage: z.optional(z.record(z.string(), z.unknown())),
    OldImage: z.optional(z.record(z.string(), z.unknown())),
  }),
})

const imageSchema = z.looseObject({
  Triggered: z.looseObject({ BOOL: z.boolean() }),
  /** Whatever somebody wrote there that is no name holds no rollout. */
  ActiveRollout: z.catch(z.optional(text), undefined),
})

const batchSchema = z.looseObject({ Records: z.array(z.unknown()) })

const createdSchema = z.looseObject({
  dynamodb: z.looseObject({ ApproximateCreationDateTime: z.number() }),
})

const sequenceSchema = z.looseObject({ dynamodb: z.looseObject({ SequenceNumber: z.string() }) })

export type StreamedChange =
  | { readonly record: 'definition'; readonly canary: string }
  | {
      readonly record: 'state'
      readonly canary: string
      readonly before: StateImage | undefined
      readonly after: StateImage
    }

interface StateImage {
  readonly triggered: boolean
  readonly activeRollout?: string
}

/** The records of a batch, unread: each is parsed for itself, so that a broken one hides no other. */
export function parseBatch(event: unknown): Parsed<readonly unknown[]> {
  const batch = read(batchSchema, event, 'batch of a stream')
  return batch.kind === 'ignored' ? batch : parsed(batch.value.Records)
}

/** What Lambda wants to be told of a record that failed. */
export function sequenceNumberOf(record: unknown): string | undefined {
  return sequenceSchema.safeParse(record).data?.dynamodb.SequenceNumber
}

/** When the change was made, milliseconds since the epoch and to the second; 0 where the record does not tell. */
export function changedAtOf(record: unknown): number {
  const seconds = createdSchema.safeParse(record).data?.dynamodb.ApproximateCreationDateTime
  return (seconds ?? 0) * 1000
}

/** A change or removal of a definition, or a change of a state; records of rollouts are no concern. */
export function parseStreamRecord(record: unknown): Parsed<StreamedChange> {
  const change = read(recordSchema, record, 'record of the table')
  if (change.kind === 'ignored') return change
  const { eventName, dynamodb } = change.value
  const canary = dynamodb.Keys.Canary.S
  const kind = dynamodb.Keys.Record.S
  // A definition that is gone is a change as well: no event is about its canary any more.
  if (kind === 'definition') return parsed({ record: 'definition', canary })
  if (eventName === 'REMOVE') return ignored(`eventName is REMOVE: ${kind} of ${canary} is gone`)
  if (kind !== 'state') return ignored(`dynamodb.Keys.Record is ${kind}, not definition or state`)
  const after = read(imageSchema, dynamodb.NewImage, 'state in dynamodb.NewImage')
  if (after.kind === 'ignored') return after
  // What stood before is only compared with: where it cannot be read, nothing went from true to false.
  const before = read(imageSchema, dynamodb.OldImage, 'state in dynamodb.OldImage')
  return parsed({
    record: 'state',
    canary,
    before: before.kind === 'parsed' ? imageOf(before.value) : undefined,
    after: imageOf(after.value),
  })
}

function imageOf({ Triggered, ActiveRollout: active }: z.output<typeof imageSchema>): StateImage {
  const triggered = Triggered.BOOL
  return active === undefined ? { triggered } : { triggered, activeRollout: active.S }
}
