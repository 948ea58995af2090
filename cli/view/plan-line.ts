import type { Rollout } from '../../core/model/rollout.ts'
import type { Output } from '../output.ts'
import { shownPercent } from './text.ts'
import { bakeEnd } from './time-left.ts'

const ARROW = ' → '
const CELLS = 12

/** A step as it is shown, with its width: colours take none. */
interface Shown {
  readonly text: string
  readonly width: number
}

/** The steps in a row, the present one with how much of its bake is over. Of many steps, those around the present one. */
export function planLine(
  { paint }: Pick<Output, 'paint'>,
  rollout: Rollout,
  now: number,
  width: number,
): string | undefined {
  const plan = rollout.definition?.plan
  if (!plan) return undefined
  const steps = plan.map(({ weight }, index) =>
    shownStep(paint, rollout, index + 1, shownPercent(weight), now),
  )
  let from = Math.min(plan.length - 1, Math.max(0, rollout.step - 1))
  let to = from
  const between = (first: number, last: number) =>
    steps.slice(first, last + 1).reduce((sum, { width }) => sum + width + ARROW.length, 4)
  for (;;) {
    const later = to + 1 < steps.length && between(from, to + 1) <= width
    const earlier = from > 0 && between(from - 1, to) <= width
    if (later && (to - from <= 2 * (rollout.step - 1 - from) || !earlier)) to += 1
    else if (earlier) from -= 1
    else break
  }
  return [
    from > 0 ? '… ' : '',
    steps
      .slice(from, to + 1)
      .map(({ text }) => text)
      .join(paint('dim', ARROW)),
    to + 1 < steps.length ? ' …' : '',
  ].join('')
}

function shownStep(
  paint: Output['paint'],
  rollout: Rollout,
  step: number,
  share: string,
  now: number,
): Shown {
  const { outcome } = rollout
  const passed = step < rollout.step || outcome === 'promoted'
  if (passed) return shown(`✓ ${share}`, (text) => paint('green', text))
  if (step > rollout.step) return shown(`○ ${share}`, (text) => paint('dim', text))
  if (outcome === 'failed-back' || rollout.status === 'failing-back') {
    return shown(`✗ ${share}`, (text) => paint('red', text))
  }
  const done = bakedShare(rollout, now)
  const head = `● ${share}`
  if (done === undefined) return shown(head, (text) => paint(['bold', 'cyan'], text))
  const filled = Math.round(done * CELLS)
  const bar = paint('cyan', '━'.repeat(filled)) + paint('dim', '─'.repeat(CELLS - filled))
  return {
    text: `${paint(['bold', 'cyan'], head)} ${bar}`,
    width: head.length + 1 + CELLS,
  }
}

const shown = (text: string, style: (text: string) => string): Shown => ({
  text: style(text),
  width: text.length,
})

/** How much of the present step's bake is over, from 0 to 1. */
function bakedShare(rollout: Rollout, now: number): number | undefined {
  const end = bakeEnd(rollout)
  const start = rollout.progress?.startedAt
  if (end === undefined || start === undefined || end <= start) return undefined
  return Math.min(1, Math.max(0, (now - start) / (end - start)))
}
