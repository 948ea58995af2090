import { stripVTControlCharacters } from 'node:util'
import type { Observer, Progress } from './observer.ts'
import {
  bar,
  endLines,
  evidenceLine,
  paint,
  ROUTER_NAMES,
  seconds,
  slotLine,
  summaryLines,
  timelineLine,
} from './words.ts'

interface Terminal {
  readonly columns?: number
  write(text: string): unknown
}

/** A block at the foot of a terminal that shows the present, under lines that tell what happened. */
export function liveView(terminal: Terminal): Observer {
  let shown = 0
  let last: Progress | undefined

  /** Back to the block's first line, with everything from there on gone. */
  const clear = () => (shown === 0 ? '' : `\x1b[${shown}A\x1b[J`)

  function say(...lines: string[]) {
    const block = last ? blockOf(last, terminal.columns) : []
    terminal.write(`${clear()}${[...lines, ...block].map((line) => `${line}\n`).join('')}`)
    shown = block.length
  }

  return {
    note: (text) => say(paint('dim', text)),
    begins({ number, of, environment, title }) {
      last = undefined
      say('', paint('bold', `${number}/${of}  ${ROUTER_NAMES[environment.router]}: ${title}`))
    },
    progress(progress) {
      last = progress
      say()
    },
    happened(entry) {
      const stamp = paint('dim', seconds(last?.elapsed ?? 0).padStart(8))
      say(`${stamp}  ${timelineLine(entry, last?.canary)}`)
    },
    ends(ended) {
      last = undefined
      say(...endLines(ended))
    },
    summary: (all, total) => say(...summaryLines(all, total)),
  }
}

function blockOf(progress: Progress, width: number | undefined): string[] {
  // A pseudo-terminal may say 0.
  const columns = width || 80
  const { rollout, candidate, state, elapsed } = progress
  const achieved = rollout?.Achieved ?? 0
  const lines = [
    '',
    `  ${paint('bold', state ?? 'waiting for the first RUNNING task')}  ${paint('dim', seconds(elapsed))}`,
    `  ${bar(candidate, achieved)}  ${candidate} ${achieved} %`,
    `  ${slotLine('blue', progress)}`,
    `  ${slotLine('green', progress)}`,
    ...(rollout?.Evidence ?? []).map((evidence) => `  ${evidenceLine(evidence)}`),
    ...(rollout ? [`  ${paint('dim', `→ ${rollout.Reason}`)}`] : []),
  ]
  return lines.map((line) => fitting(line, columns))
}

/** A line that wraps would be two, and the block would creep down the screen. */
function fitting(line: string, columns: number): string {
  const plain = stripVTControlCharacters(line)
  return plain.length < columns ? line : `${plain.slice(0, columns - 2)}…`
}
