import type { CheckOf, DefinitionShape } from './definition-shape.ts'
import { formatDuration } from './duration.ts'
import { EXECUTION_LIMIT, HISTORY_LIMIT, LOOKS_PER_HOLD, mostLooks } from './execution-limits.ts'
import { placeholderIssue } from './placeholders.ts'
import { SLOTS } from './slot.ts'

/** Reports a broken rule: where, the value that stands there, and what to change. */
export type AddIssue = (path: PropertyKey[], input: unknown, message: string) => void

function checkPlaceholders(
  definition: DefinitionShape,
  index: number,
  check: CheckOf<'metric'>,
  issue: AddIssue,
) {
  for (const key of ['source', 'per'] as const) {
    for (const [dimension, value] of Object.entries(check[key]?.dimensions ?? {})) {
      const path = ['checks', index, key, 'dimensions', dimension]
      const found = SLOTS.map((slot) => placeholderIssue(value, definition.slots[slot])).find(
        Boolean,
      )
      if (found) issue(path, value, found)
    }
  }
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

function requireTargetGroups(definition: DefinitionShape, issue: AddIssue, who: string) {
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

/** What must hold between a definition's fields. */
export function checkRules(definition: DefinitionShape, issue: AddIssue): void {
  const { blue, green } = definition.slots
  if (blue.cluster === green.cluster && blue.service === green.service) {
    issue(
      ['slots', 'green', 'service'],
      green.service,
      'blue and green are the same service; give each slot its own',
    )
  }
  checkRouter(definition, issue)
  const names = new Set<string>()
  for (const [index, check] of definition.checks.entries()) {
    if (names.has(check.name)) {
      issue(
        ['checks', index, 'name'],
        check.name,
        `two checks are named "${check.name}"; give one another name`,
      )
    }
    names.add(check.name)
    if (check.type === 'metric' && check.above === undefined && check.below === undefined) {
      issue(
        ['checks', index],
        check.name,
        'set "above" or "below": the value that fails the candidate',
      )
    }
    if (
      check.type === 'metric' &&
      ![1, 5, 10, 20, 30].includes(check.period) &&
      check.period % 60 !== 0
    ) {
      issue(
        ['checks', index, 'period'],
        formatDuration(check.period),
        'is no period of CloudWatch; use 1s, 5s, 10s, 20s, 30s or whole minutes',
      )
    }
    if (check.type === 'metric' && check.window < check.period) {
      issue(
        ['checks', index, 'window'],
        formatDuration(check.window),
        `is shorter than the period ${formatDuration(check.period)}; make it at least as long`,
      )
    }
    if (check.type === 'metric') checkPlaceholders(definition, index, check, issue)
    if (check.type === 'targets')
      requireTargetGroups(definition, issue, `the check "${check.name}"`)
  }
  checkLength(definition, issue)
}

/** Refuses what could outgrow an execution: its 25,000 history events, or its time. */
function checkLength(definition: DefinitionShape, issue: AddIssue) {
  const { plan, interval, maxExtension } = definition
  const seconds = plan.reduce((sum, step) => sum + step.bake + maxExtension, 0)
  const fixed = plan.length + (definition.onInconclusive === 'hold' ? LOOKS_PER_HOLD : 0)
  const room = mostLooks(definition)
  const looks = Math.ceil(seconds / interval) + fixed
  if (looks > room) {
    const mend =
      room > fixed
        ? `use at least ${formatDuration(Math.ceil(seconds / (room - fixed)))}, or shorten the bakes or maxExtension`
        : 'no interval would fit; use fewer steps, or shorten ready.timeout or capacity.deadline'
    issue(
      ['interval'],
      formatDuration(interval),
      `could need ${looks} looks, and only ${Math.max(0, room)} fit into an execution's ${HISTORY_LIMIT} history events; ${mend}`,
    )
  }
  const total =
    seconds +
    plan.length * definition.capacity.deadline +
    definition.ready.timeout +
    definition.holdTimeout
  if (total > EXECUTION_LIMIT) {
    issue(
      ['plan'],
      formatDuration(total),
      `could take ${formatDuration(total)}, more than the workflow's ${formatDuration(EXECUTION_LIMIT)}; shorten the bakes, maxExtension or holdTimeout`,
    )
  }
}
