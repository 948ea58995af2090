import type { DefinitionShape } from './definition-shape.ts'
import { SLOTS } from './slot.ts'

/** Reports a broken rule: where, the value that stands there, and what to change. */
export type AddIssue = (path: PropertyKey[], input: unknown, message: string) => void

/** What must hold between the slots, and between them and the router. */
export function checkSlots(definition: DefinitionShape, issue: AddIssue): void {
  const { blue, green } = definition.slots
  if (blue.cluster === green.cluster && blue.service === green.service) {
    issue(
      ['slots', 'green', 'service'],
      green.service,
      'blue and green are the same service; give each slot its own',
    )
  }
  checkRouter(definition, issue)
}

function checkRouter(definition: DefinitionShape, issue: AddIssue) {
  const { router, slots } = definition
  if (router.type === 'alb') {
    if ((router.rule === undefined) === (router.listener === undefined)) {
      issue(['router'], router, 'give either "rule" or "listener", and not both')
    }
    requireTargetGroups(definition, issue, 'the alb router')
  } else {
    const [blue, green] = [slots.blue.setIdentifier ?? 'blue', slots.green.setIdentifier ?? 'green']
    if (blue === green) {
      issue(
        ['slots', 'green', 'setIdentifier'],
        green,
        'blue and green share a SetIdentifier; give each its own',
      )
    }
  }
}

/** Refuses slots without a target group, or with the same one. @param who needs them, for the message. */
export function requireTargetGroups(definition: DefinitionShape, issue: AddIssue, who: string) {
  for (const slot of SLOTS) {
    if (definition.slots[slot].targetGroup === undefined) {
      issue(
        ['slots', slot, 'targetGroup'],
        undefined,
        `is missing; ${who} needs the slot's target group ARN`,
      )
    }
  }
  const { blue, green } = definition.slots
  if (blue.targetGroup !== undefined && blue.targetGroup === green.targetGroup) {
    issue(
      ['slots', 'green', 'targetGroup'],
      green.targetGroup,
      'blue and green share a target group; give each slot its own',
    )
  }
}
