import { checkChecks } from './check-rules.ts'
import type { DefinitionShape } from './definition-shape.ts'
import { formatDuration } from './duration.ts'
import {
  EXECUTION_LIMIT,
  fixedLooks,
  HISTORY_LIMIT,
  LOOKS_FOR_GATES,
  longestBakes,
  mostLooks,
} from './execution-limits.ts'
import { HOOK_POINTS, patience } from './hooks.ts'
import { type AddIssue, checkSlots } from './slot-rules.ts'

/** What must hold between a definition's fields. */
export function checkRules(definition: DefinitionShape, issue: AddIssue): void {
  checkSlots(definition, issue)
  checkChecks(definition, issue)
  checkHooks(definition, issue)
  checkSize(definition, issue)
  checkLength(definition, issue)
}

/** Seconds that hooks may stay in progress after a fail back: its state's retries end after 6 h. */
const LONGEST_AFTER_FAIL_BACK = 5 * 3_600

/** Seconds that the hooks of one point may take together: their function has 30 s, and other work. */
const LONGEST_HOOKS = 15

function checkHooks({ hooks, checks, promoteEarly }: DefinitionShape, issue: AddIssue) {
  for (const point of HOOK_POINTS) {
    const names = new Set<string>()
    for (const [index, { name }] of hooks[point].entries()) {
      if (names.has(name)) {
        issue(
          ['hooks', point, index, 'name'],
          name,
          `two hooks of ${point} are named "${name}"; give one another name`,
        )
      }
      names.add(name)
    }
    const together = hooks[point].reduce((sum, { timeout }) => sum + timeout, 0)
    if (together > LONGEST_HOOKS) {
      issue(
        ['hooks', point],
        formatDuration(together),
        `could take longer than ${LONGEST_HOOKS} s together; shorten their timeouts, and answer "in-progress" where work takes longer`,
      )
    }
  }
  const told = patience(hooks, 'afterFailBack')
  if (told > LONGEST_AFTER_FAIL_BACK) {
    issue(
      ['hooks', 'afterFailBack'],
      formatDuration(told),
      `could stay in progress for longer than the ${formatDuration(LONGEST_AFTER_FAIL_BACK)} that a fail back waits for them; shorten their deadlines`,
    )
  }
  const sure = checks.some(
    (check) => check.type === 'compare' && !check.gauge && check.effect === 'required',
  )
  if (promoteEarly && !sure) {
    issue(
      ['promoteEarly'],
      promoteEarly,
      'needs a required "compare" check of requests: only that can be sure early',
    )
  }
}

/** Characters of JSON. The record of a rollout holds the definition beside its evidence, in 400 KB. */
const LARGEST_DEFINITION = 60_000

function checkSize(definition: DefinitionShape, issue: AddIssue) {
  const size = JSON.stringify(definition).length
  if (size <= LARGEST_DEFINITION) return
  issue(
    [],
    `${size} characters`,
    `is larger than the ${LARGEST_DEFINITION} characters of JSON that fit into a record; use fewer checks, dimensions or inputs`,
  )
}

/** Refuses what could outgrow an execution: its 25,000 history events, or its time. */
function checkLength(definition: DefinitionShape, issue: AddIssue) {
  const { plan, interval } = definition
  const seconds = longestBakes(definition)
  const fixed = fixedLooks(definition) + LOOKS_FOR_GATES
  const room = mostLooks(definition)
  const looks = Math.ceil(seconds / interval) + fixed
  if (looks > room) {
    const mend =
      room > fixed
        ? `use at least ${formatDuration(Math.ceil(seconds / (room - fixed)))}, or shorten the bakes or maxExtension`
        : 'no interval would fit; use fewer steps, or shorten ready.timeout or the deadlines of hooks'
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
    patience(definition.hooks, 'beforeTraffic') +
    definition.testWindow +
    approvalsOf(definition) * definition.approval.timeout +
    definition.holdTimeout +
    (definition.scaleDown?.after ?? 0)
  if (total > EXECUTION_LIMIT) {
    issue(
      ['plan'],
      formatDuration(total),
      `could take ${formatDuration(total)}, more than the workflow's ${formatDuration(EXECUTION_LIMIT)}; shorten the bakes, maxExtension, approval.timeout, holdTimeout or scaleDown.after`,
    )
  }
}

/** How often a person may be asked. */
function approvalsOf({ plan, approval }: DefinitionShape): number {
  return plan.filter((step) => step.approval).length + (approval.beforePromote ? 1 : 0)
}
