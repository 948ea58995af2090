import type { TimelineEntry } from '../../core/model/rollout.ts'
import type { Output, Style } from '../output.ts'
import { shownPercent, shownTime, wrapped } from './text.ts'

/** One line of a timeline: when, what, why, and who where it was not Sluice by itself. */
export function entryLine(
  { paint }: Pick<Output, 'paint'>,
  entry: TimelineEntry,
  canary: string,
): string {
  return `${paint('dim', shownTime(entry.at).slice(11))}  ${headOf(paint, entry)}${tailOf(entry, canary)}`
}

/** The same, broken into lines of a width, later ones indented. */
export function entryLines(
  { paint, columns }: Pick<Output, 'paint' | 'columns'>,
  entry: TimelineEntry,
  canary: string,
): string[] {
  const indent = 10
  const head = plainHead(entry)
  const [first = '', ...rest] = wrapped(`${head}${tailOf(entry, canary)}`, columns - indent - 1)
  return [
    `${paint('dim', shownTime(entry.at).slice(11))}  ${paint(styleOf(entry), first.slice(0, head.length))}${first.slice(head.length)}`,
    ...rest.map((line) => `${' '.repeat(indent)}${line}`),
  ]
}

function headOf(paint: Output['paint'], entry: TimelineEntry): string {
  return paint(styleOf(entry), plainHead(entry))
}

function plainHead({ what, weight }: TimelineEntry): string {
  return weight !== undefined && what === 'shifted' ? `${what} to ${shownPercent(weight)}` : what
}

function tailOf({ why, who }: TimelineEntry, canary: string): string {
  const by = isSluice(who, canary) ? '' : ` (${who})`
  return `${why === '' ? '' : `: ${withoutTasks(why)}`}${by}`
}

/** Ids of tasks say nothing to whoever reads along; `--json` has them. */
function withoutTasks(text: string): string {
  return text.replaceAll(/ \(arn:\S+:task\/\S+\)/g, '')
}

/** The workflow of a rollout signs with its own name; those who signal with theirs. */
function isSluice(who: string, canary: string): boolean {
  return who === 'workflow' || who === 'trigger' || who.startsWith(`${canary}-`)
}

function styleOf({ what }: TimelineEntry): Style {
  if (what === 'promoted') return 'green'
  if (/fail|abort|reject|stopped/.test(what)) return 'red'
  if (/paus|hold|held|approv|resum/.test(what)) return 'yellow'
  return 'cyan'
}
