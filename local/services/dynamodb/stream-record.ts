import { REGION } from '../../account.ts'
import type { Item } from './table-store.ts'

/** One record of a table's stream, as Lambda hands it to a function. */
export interface StreamRecord {
  readonly eventID: string
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE'
  readonly eventVersion: '1.1'
  readonly eventSource: 'aws:dynamodb'
  readonly awsRegion: string
  readonly eventSourceARN: string
  readonly dynamodb: {
    /** Seconds since the epoch. */
    readonly ApproximateCreationDateTime: number
    readonly Keys: Item
    readonly NewImage?: Item
    readonly OldImage?: Item
    readonly SequenceNumber: string
    readonly SizeBytes: number
    readonly StreamViewType: StreamViewType
  }
}

export type StreamViewType = 'NEW_AND_OLD_IMAGES' | 'NEW_IMAGE' | 'OLD_IMAGE' | 'KEYS_ONLY'

export interface TableStream {
  readonly arn: string
  readonly label: string
  readonly view: StreamViewType
  /** Names of the key attributes. */
  readonly keys: readonly string[]
}

/** The record of one write, or nothing where it left the item as it was: DynamoDB writes none either. */
export function streamRecord(
  stream: TableStream,
  sequence: number,
  before: Item | undefined,
  after: Item | undefined,
): StreamRecord | undefined {
  const image = after ?? before
  if (!image || sameValue(before, after)) return undefined
  const withNew = stream.view === 'NEW_AND_OLD_IMAGES' || stream.view === 'NEW_IMAGE'
  const withOld = stream.view === 'NEW_AND_OLD_IMAGES' || stream.view === 'OLD_IMAGE'
  return {
    eventID: sequence.toString(16).padStart(32, '0'),
    eventName: !before ? 'INSERT' : !after ? 'REMOVE' : 'MODIFY',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: REGION,
    eventSourceARN: stream.arn,
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(Date.now() / 1000),
      Keys: Object.fromEntries(stream.keys.map((key) => [key, image[key]])),
      ...(withNew && after ? { NewImage: after } : {}),
      ...(withOld && before ? { OldImage: before } : {}),
      // Fixed width, so that comparing the strings compares the numbers, as with DynamoDB's.
      SequenceNumber: String(sequence).padStart(21, '0'),
      SizeBytes: JSON.stringify(image).length,
      StreamViewType: stream.view,
    },
  }
}

const UNORDERED = new Set(['SS', 'NS', 'BS'])

/** Attribute maps are equal whatever the order of their names and of the members of sets. */
function sameValue(left: unknown, right: unknown, within = ''): boolean {
  if (left === right) return true
  if (typeof left !== 'object' || typeof right !== 'object' || !left || !right) return false
  if (Array.isArray(left) && Array.isArray(right)) {
    if (left.length !== right.length) return false
    if (UNORDERED.has(within)) return left.every((member) => right.includes(member))
    return left.every((member, index) => sameValue(member, right[index]))
  }
  const names = Object.keys(left)
  return (
    names.length === Object.keys(right).length &&
    names.every(
      (name) =>
        Object.hasOwn(right, name) &&
        sameValue(Reflect.get(left, name), Reflect.get(right, name), name),
    )
  )
}
