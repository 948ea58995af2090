import type { Slot } from './slot.ts'

/** What a check may name of a slot, and how to spell it as CloudWatch does. */
const PLACES: Readonly<Record<string, (place: Place) => string | undefined>> = {
  slot: ({ slot }) => slot,
  cluster: ({ cluster }) => cluster,
  service: ({ service }) => service,
  targetGroup: ({ targetGroup }) => targetGroup?.split(':').at(-1),
  loadBalancer: ({ loadBalancer }) => loadBalancer?.split(':loadbalancer/').at(-1),
}

/** A slot with its name. */
export interface Place {
  readonly slot: Slot
  readonly cluster: string
  readonly service: string
  readonly targetGroup?: string | undefined
  readonly loadBalancer?: string | undefined
}

const PLACEHOLDER = /\$\{([^}]*)\}/g

/**
 * Fills the slot's place into a text: `${slot}`, `${cluster}`, `${service}`, `${targetGroup}`
 * (`targetgroup/name/id`) and `${loadBalancer}` (`app/name/id`). Roles swap, so a definition cannot name a slot.
 */
export function resolvePlaceholders(value: string, place: Place): string {
  return value.replace(PLACEHOLDER, (text, key: string) => PLACES[key]?.(place) ?? text)
}

/** Why a placeholder of this value has no meaning for this slot; `undefined` where all of them have. */
export function placeholderIssue(value: string, place: Place): string | undefined {
  for (const [text, key = ''] of value.matchAll(PLACEHOLDER)) {
    const found = PLACES[key]
    if (!found) return `${text} is no placeholder; use one of ${Object.keys(PLACES).join(', ')}`
    if (found(place) === undefined) return `${text} needs the slot's ${key}, which is missing`
  }
  return undefined
}
