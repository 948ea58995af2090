import { styleText } from 'node:util'
import type { SlotName } from '../environment/environment.ts'
import type { Evidence, TimelineEntry } from '../rollout/records.ts'
import type { FailureTold } from '../rollout/result.ts'
import type { Ended, Progress } from './observer.ts'

type Style = Parameters<typeof styleText>[0]

/** Colours only where they are wanted and understood. */
export const paint = (style: Style, text: string) =>
  styleText(style, text, { stream: process.stdout })

export const ROUTER_NAMES = { alb: 'ALB', route53: 'Route 53' } as const
const COLOURS = { blue: 'blue', green: 'green' } as const
const BAR = 30

export const seconds = (milliseconds: number) => `${(milliseconds / 1_000).toFixed(1)} s`
export const slotName = (slot: SlotName) => paint(COLOURS[slot], slot)

/** Both slots' shares in one bar. */
export function bar(candidate: SlotName, weight: number): string {
  const filled = Math.round((weight / 100) * BAR)
  const live = candidate === 'blue' ? 'green' : 'blue'
  return (
    paint(COLOURS[candidate], '█'.repeat(filled)) + paint(COLOURS[live], '░'.repeat(BAR - filled))
  )
}

const MARKS = { pass: '✓', fail: '✗', inconclusive: '·', error: '!' } as const
const MARK_STYLES = { pass: 'green', fail: 'red', inconclusive: 'dim', error: 'yellow' } as const

export const evidenceLine = ({ kind, reason }: Evidence) =>
  `${paint(MARK_STYLES[kind], MARKS[kind])} ${reason}`

export function timelineLine({ what, why, who, weight }: TimelineEntry, canary = ''): string {
  const style: Style =
    what === 'promoted'
      ? 'green'
      : what.startsWith('failed') || what.startsWith('failing')
        ? 'red'
        : who === 'scenario'
          ? 'yellow'
          : 'cyan'
  const share = what === 'shifted' && weight !== undefined ? ` to ${weight} %` : ''
  const by = who !== 'scenario' && canary !== '' && !who.startsWith(canary) ? ` (${who})` : ''
  return `${paint(style, `${what}${share}`)}${why === '' ? '' : `: ${withoutTasks(why)}`}${by}`
}

/** Ids of tasks say nothing to whoever watches. */
const withoutTasks = (text: string) => text.replace(/ \(arn:aws:ecs:\S+:task\/\S+\)/, '')

/** Requests and errors of a slot. */
export function slotLine(slot: SlotName, { count, candidate, rollout }: Progress): string {
  const achieved = rollout?.Achieved ?? 0
  const share = slot === candidate ? achieved : 100 - achieved
  const errors = count.errors[slot] ?? 0
  const told = `${String(errors).padStart(4)} errors`
  return [
    slotName(slot) + ' '.repeat(6 - slot.length),
    slot === candidate ? 'candidate' : 'live     ',
    `${String(Number(share.toFixed(1))).padStart(5)} %`,
    `${String(count.requests[slot] ?? 0).padStart(6)} requests`,
    errors > 0 ? paint('red', told) : told,
  ].join('  ')
}

export function endLines({ result, problems }: Ended): string[] {
  const { outcome, rollout, reason, weights, final, baseline, requests, failures } = result
  const colour = outcome === 'promoted' ? 'green' : 'red'
  const pair = ({ blue, green }: typeof final) => `blue ${blue} : green ${green}`
  const moved = weights.length > 0 ? `achieved ${weights.join(' → ')} %` : 'no traffic was moved'
  const routing =
    outcome === 'promoted'
      ? `the routing is now ${pair(final)}`
      : `the routing is ${pair(final)} again, as before (${pair(baseline)})`
  return [
    `${paint(['bold', colour], outcome)}  ${rollout}: ${reason}`,
    `  ${moved}; ${routing}`,
    `  ${requests.blue} requests to blue, ${requests.green} to green, ${requests.failed} of all failed; ${times(result)}`,
    ...failures.map((failure) => paint('dim', `    ${failureLine(failure)}`)),
    ...problems.map((problem) => paint('red', `  not as it should be: ${problem}`)),
  ]
}

/** How often, by whom, why and when. */
function failureLine({ count, phase, status, code, slot, place, text, ...at }: FailureTold) {
  const what =
    status === null
      ? `${code} while ${DOING[phase]}${place === null ? '' : ` ${place}`}`
      : `${status} from ${slot === null ? `the load balancer at ${place}` : slotOrName(slot)}`
  const from = seconds(at.firstMs)
  const to = seconds(at.lastMs)
  return `${count} × ${what}: ${text} (${from === to ? `at ${from}` : `${from} to ${to}`})`
}

const DOING: Readonly<Record<FailureTold['phase'], string>> = {
  resolving: 'asking for the name',
  connecting: 'connecting to',
  waiting: 'waiting for an answer of',
  reading: 'reading the answer of',
  answered: 'answered by',
}

const slotOrName = (slot: string) => (slot === 'blue' || slot === 'green' ? slotName(slot) : slot)

function times({ triggerMs, firstShiftMs, failBackMs, weights }: Ended['result']): string {
  return [
    `triggered in ${seconds(triggerMs)}`,
    ...(firstShiftMs === null ? [] : [`first shift after ${seconds(firstShiftMs)}`]),
    ...(failBackMs === null || weights.length === 0
      ? []
      : [`restored ${seconds(failBackMs)} after the first harm`]),
  ].join(', ')
}

export function summaryLines(all: readonly Ended[], total: number): string[] {
  const ok = all.every(({ problems }) => problems.length === 0)
  return [
    '',
    paint('bold', `Summary after ${total.toFixed(1)} s`),
    ...all.map(({ result, problems }) => {
      const mark = problems.length === 0 ? paint('green', '✓') : paint('red', '✗')
      const { router, rollout, outcome, weights, reason } = result
      const steps = weights.length > 0 ? `${weights.join(' → ')} %` : 'no shift'
      return `  ${mark} ${ROUTER_NAMES[router].padEnd(8)}  ${rollout.padEnd(16)} ${paint(outcome === 'promoted' ? 'green' : 'red', outcome.padEnd(11))} ${steps.padEnd(16)} ${reason}`
    }),
    '',
    ok
      ? 'Every rollout ended as it should. What ran is what `npm run synth` makes: the real functions, state machine and rules.'
      : paint('red', 'Not every rollout ended as it should.'),
    'To look around in it: npm start -- --serve. Other scenarios: npm start -- --help.',
  ]
}
