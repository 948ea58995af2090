import type { Observer, Progress } from './observer.ts'
import { endLines, evidenceLine, ROUTER_NAMES, summaryLines, timelineLine } from './words.ts'

/** Appends a line for each thing that happens: for logs, pipes and CI. */
export function plainView(write: (line: string) => void): Observer {
  let last: Progress | undefined
  let state: string | undefined
  /** What was last told of each check. */
  let kinds = new Map<string, string>()
  const stamp = () => `  ${((last?.elapsed ?? 0) / 1_000).toFixed(1).padStart(5)} s  `

  return {
    note: write,
    begins({ number, of, environment, title }) {
      last = undefined
      state = undefined
      kinds = new Map()
      write('')
      write(`${number}/${of} ${ROUTER_NAMES[environment.router]}: ${title}`)
    },
    progress(progress) {
      last = progress
      const { rollout, candidate, count } = progress
      if (progress.state !== undefined && progress.state !== state) {
        state = progress.state
        const { blue = 0, green = 0 } = count.requests
        write(
          `${stamp()}[${state}] ${candidate} has ${rollout?.Achieved ?? 0} %; blue ${blue} requests, ${count.errors.blue ?? 0} errors; green ${green} requests, ${count.errors.green ?? 0} errors`,
        )
      }
      // Only what changed its kind: the numbers change all the time. That there is no answer yet is nothing to tell
      // of a step that has just begun, only of one that waits for it.
      const waits = /^(bake extended|no clear answer|waiting for a person)/.test(
        rollout?.Reason ?? '',
      )
      for (const each of rollout?.Evidence ?? []) {
        const { check, kind } = each
        if (kind === 'inconclusive' && !waits) kinds.delete(check)
        else if (kinds.get(check) !== kind) {
          kinds.set(check, kind)
          write(`${stamp()}  ${evidenceLine(each)}`)
        }
      }
    },
    happened(entry) {
      write(`${stamp()}${timelineLine(entry, last?.canary)}`)
    },
    ends(ended) {
      for (const line of endLines(ended)) write(line)
    },
    summary(all, total) {
      for (const line of summaryLines(all, total)) write(line)
    },
  }
}
