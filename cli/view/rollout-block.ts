import type { GateKind } from '../../core/model/gate.ts'
import type { Rollout, RolloutStatus } from '../../core/model/rollout.ts'
import { revisionName, SLOTS, type Slot } from '../../core/model/slot.ts'
import type { Verdict } from '../../core/model/verdict.ts'
import type { Output, Style } from '../output.ts'
import { shareOf } from '../shapes.ts'
import { planLine } from './plan-line.ts'
import { cut, shownDuration, shownPercent, wrapped } from './text.ts'
import { bakeEnd, earliestEnd, presentWait } from './time-left.ts'

type Screen = Pick<Output, 'columns' | 'paint'>

const STATUS_STYLES: Readonly<Record<RolloutStatus, Style>> = {
  preparing: 'cyan',
  waiting: 'cyan',
  shifting: 'cyan',
  baking: 'cyan',
  holding: 'yellow',
  promoting: 'green',
  'failing-back': 'red',
  promoted: 'green',
  'failed-back': 'red',
}

const MARKS = { pass: '✓', fail: '✗', inconclusive: '·', error: '!' } as const
const MARK_STYLES = { pass: 'green', fail: 'red', inconclusive: 'dim', error: 'yellow' } as const

/** Of a text that has no terminal to be fitted to. */
const WIDEST = 120
const LONGEST_BAR = 40

export function statusStyle(status: RolloutStatus): Style {
  return STATUS_STYLES[status]
}

/** The rollout as it stands: state, both slots' traffic, checks with their evidence, what it waits for, time left. */
export function rolloutBlock(screen: Screen, rollout: Rollout, now: number): string[] {
  const width = Math.min(screen.columns, WIDEST)
  const plan = planLine(screen, rollout, now, width - 3)
  return [
    ...headLines(screen, rollout, now),
    '',
    ...(plan === undefined ? [] : [`  ${plan}`, '']),
    ...SLOTS.map((slot) => slotLine(screen, rollout, slot, width)),
    ...gateLines(screen, rollout, width),
    ...(rollout.evidence.length > 0 ? [''] : []),
    ...rollout.evidence.flatMap((verdict) => verdictLines(screen, verdict, width)),
    '',
    ...wrapped(`→ ${rollout.reason}`, width - 4).map((line, index) =>
      screen.paint('dim', index === 0 ? `  ${line}` : `    ${line}`),
    ),
    ...leftLines(rollout, now).flatMap((text) =>
      wrapped(text, width - 3).map((line) => `  ${line}`),
    ),
  ]
}

function headLines({ paint }: Screen, rollout: Rollout, now: number): string[] {
  const { status, step, definition } = rollout
  const steps = definition ? ` of ${definition.plan.length}` : ''
  const where =
    rollout.outcome === undefined && step > 0
      ? `  step ${step}${steps}, ${shownPercent(rollout.weight)}`
      : ''
  const took = shownDuration((rollout.endedAt ?? now) - rollout.startedAt)
  const since = rollout.outcome === undefined ? `for ${took}` : `after ${took}`
  return [
    `${paint('bold', rollout.rollout)}  ${paint(['bold', ...styleList(status)], status)}${where}  ${paint('dim', since)}`,
  ]
}

function styleList(status: RolloutStatus) {
  const style = STATUS_STYLES[status]
  return Array.isArray(style) ? style : [style]
}

function slotLine({ paint }: Screen, rollout: Rollout, slot: Slot, width: number): string {
  const isCandidate = slot === rollout.candidate
  const share = shareOf(rollout, slot)
  const role = roleOf(rollout, isCandidate)
  const length = Math.max(8, Math.min(LONGEST_BAR, width - 50))
  const filled = share > 0 ? Math.max(1, Math.round((share / 100) * length)) : 0
  const bar = paint(slot, '█'.repeat(filled)) + paint('dim', '░'.repeat(length - filled))
  const head = `  ${paint(slot, slot.padEnd(5))}  ${role.padEnd(9)}  ${bar} ${shownPercent(share).padStart(7)}`
  const used = 2 + 5 + 2 + 9 + 2 + length + 1 + 7
  const service = rollout.definition?.slots[slot].service ?? ''
  const version = isCandidate ? revisionName(rollout.revision) : service
  const room = width - used - 3
  return room < 4 ? head : `${head}  ${paint('dim', cut(version, room))}`
}

/** What keeps the next step from happening, and what a person can do about it. */
function gateLines({ paint }: Screen, { gate, canary }: Rollout, width: number): string[] {
  if (!gate) return []
  const opens: Partial<Readonly<Record<GateKind, string>>> = {
    pause: `sluice resume ${canary}`,
    line: 'sluice stop-the-line --release',
    approval: `sluice approve ${canary}, or sluice reject ${canary}`,
  }
  const mend = opens[gate.kind]
  const [first = '', ...rest] = wrapped(`${gate.kind}: ${gate.reason}`, width - 5)
  return [
    '',
    `  ${paint(['bold', 'yellow'], '‖')} ${paint('yellow', first)}`,
    ...rest.map((line) => `    ${paint('yellow', line)}`),
    ...(mend === undefined ? [] : [`    ${paint('dim', mend)}`]),
  ]
}

/** After a promotion the roles are swapped, and there is no candidate until the next rollout. */
function roleOf({ outcome }: Rollout, isCandidate: boolean): string {
  if (outcome === 'promoted') return isCandidate ? 'live' : 'idle'
  return isCandidate ? 'candidate' : 'live'
}

function verdictLines({ paint }: Screen, verdict: Verdict, width: number): string[] {
  const { kind, check, reason, effect } = verdict
  const name = effect === undefined || effect === 'required' ? check : `${check} (${effect})`
  const text = reason.startsWith(check) ? reason : `${name}: ${reason}`
  const [first = '', ...rest] = wrapped(text, width - 5)
  return [
    `  ${paint(MARK_STYLES[kind], MARKS[kind])} ${first}`,
    ...rest.map((line) => `    ${line}`),
  ]
}

function leftLines(rollout: Rollout, now: number): string[] {
  if (rollout.outcome !== undefined) return []
  const wait = presentWait(rollout, now)
  const bake = bakeEnd(rollout)
  const end = earliestEnd(rollout, now)
  const lines = [
    ...(wait === undefined ? [] : [wait]),
    ...(rollout.status === 'baking' && bake !== undefined
      ? [
          bake > now
            ? `this bake has ${shownDuration(bake - now)} left`
            : 'this bake is over: it goes on until the checks are clear',
        ]
      : []),
    ...(end === undefined ? [] : [`promoted in ${shownDuration(end - now)} at the earliest`]),
  ]
  return lines.length === 0 ? [] : [lines.join('; ')]
}
