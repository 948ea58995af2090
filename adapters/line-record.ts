import { marshall } from '@aws-sdk/util-dynamodb'
import type { Line } from '../core/model/line.ts'
import type { RecordKey } from './dynamodb-conditional-update.ts'
import { type Attributes, native } from './record-codec.ts'

/** Where the line's record stands: no canary can have this name. */
export const LINE: RecordKey = { canary: '*', record: 'stop-the-line' }

/**
 * People write this record by hand. Only `false`, or nothing at all, lets rollouts go on: whatever else stands there
 * stops them, so that a slip of the pen stops too much and never too little.
 */
export function decodeLine(item: Attributes): Line {
  const stopped = native(item.Stopped)
  const at = native(item.At)
  return {
    stopped: stopped !== undefined && stopped !== false,
    reason: said(native(item.Reason)),
    who: said(native(item.Who)),
    ...(typeof at === 'number' ? { at } : {}),
  }
}

function said(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

export function encodeLine({ stopped, reason, who, at }: Line): {
  readonly set: Attributes
  readonly remove: readonly string[]
} {
  const told = { Reason: reason, Who: who, At: at }
  return {
    set: marshall({ Stopped: stopped, ...told }, { removeUndefinedValues: true }),
    remove: Object.entries(told).flatMap(([name, value]) => (value === undefined ? [name] : [])),
  }
}
