/** One of the two places a version can run in. A slot's name never changes; its role does. */
export const SLOTS = ['blue', 'green'] as const
export type Slot = (typeof SLOTS)[number]

/** The slot that is not `slot`. */
export function otherSlot(slot: Slot): Slot {
  return slot === 'blue' ? 'green' : 'blue'
}

/** An ECS service as events and API calls name it: short names, never ARNs. */
export interface ServiceRef {
  readonly cluster: string
  readonly service: string
}

/** The one spelling of a service that indexes are keyed by: `cluster/service`. */
export function serviceKey(ref: ServiceRef): string {
  return `${ref.cluster}/${ref.service}`
}

/** A revision as people call it: `web:7` of a task definition's ARN. */
export function revisionName(revision: string): string {
  return revision.slice(revision.lastIndexOf('/') + 1)
}
