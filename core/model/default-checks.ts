import { type CheckDefinition, checkSchema } from './checks/index.ts'
import type { DefinitionFields } from './definition-shape.ts'
import type { RouterDefinition, SlotDefinition } from './places.ts'
import { SLOTS } from './slot.ts'

/**
 * What a canary is checked by where its definition names no checks: as much as its slots allow. Behind a load
 * balancer the candidate is compared with the live slot; without traffic there is then no promotion.
 */
export function defaultChecks({ slots }: Pick<DefinitionFields, 'slots'>): CheckDefinition[] {
  const both = (key: 'targetGroup' | 'loadBalancer') => SLOTS.every((slot) => slots[slot][key])
  const types = ['ecs']
  if (both('targetGroup')) types.push('targets')
  if (both('targetGroup') && both('loadBalancer')) types.push('compare')
  return types.map((type) => checkSchema.parse({ type }))
}

/** The slot with its load balancer: its own, or the one that the router's rule or listener belongs to. */
export function withLoadBalancer(slot: SlotDefinition, router: RouterDefinition): SlotDefinition {
  if (slot.loadBalancer !== undefined || router.type !== 'alb') return slot
  const place = router.rule ?? router.listener
  const found = place && /^(.+):listener(?:-rule)?\/(app\/[^/]+\/[^/]+)\//.exec(place)
  return found ? { ...slot, loadBalancer: `${found[1]}:loadbalancer/${found[2]}` } : slot
}
