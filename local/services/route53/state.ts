import type { ResourceRecordSet } from '@aws-sdk/client-route-53'
import { AwsError } from '../../wire/service.ts'
import { compareNames, compareText } from './domain-name.ts'

export interface HostedZone {
  /** Without its `/hostedzone/`. */
  readonly id: string
  /** Canonical. */
  readonly name: string
  readonly callerReference: string
  readonly comment: string | undefined
  /** By `recordKey`; replaced as a whole by every batch, so a batch shows whole or not at all. */
  readonly records: ReadonlyMap<string, ResourceRecordSet>
}

export interface Change {
  readonly id: string
  readonly submittedAt: Date
  /** Milliseconds since the epoch from which it is INSYNC. */
  readonly inSyncAt: number
  readonly comment: string | undefined
}

export interface RecordPlace {
  readonly Name?: string | undefined
  readonly Type?: string | undefined
  readonly SetIdentifier?: string | undefined
}

/** A record is its name, type and identifier. */
export const recordKey = (record: RecordPlace): string =>
  JSON.stringify([record.Name, record.Type, record.SetIdentifier ?? ''])

export const compareRecords = (a: RecordPlace, b: RecordPlace): number =>
  compareNames(a.Name ?? '', b.Name ?? '') ||
  compareText(a.Type ?? '', b.Type ?? '') ||
  compareText(a.SetIdentifier ?? '', b.SetIdentifier ?? '')

/** More changes than any rollout asks about; older ones are forgotten so that a long-lived process stays small. */
const REMEMBERED_CHANGES = 1_000

export class Route53State {
  readonly zones = new Map<string, HostedZone>()
  readonly changes = new Map<string, Change>()
  #made = 0

  nextId(prefix: string): string {
    this.#made += 1
    return `${prefix}${String(this.#made).padStart(13, '0')}`
  }

  zone(id: string | undefined): HostedZone {
    const bare = (id ?? '').replace(/^\/?hostedzone\//, '')
    const zone = this.zones.get(bare)
    if (!zone) throw new AwsError('NoSuchHostedZone', `No hosted zone found with ID: ${bare}`, 404)
    return zone
  }

  remember(change: Change): void {
    this.changes.set(change.id, change)
    if (this.changes.size <= REMEMBERED_CHANGES) return
    const [oldest] = this.changes.keys()
    if (oldest !== undefined) this.changes.delete(oldest)
  }
}
