import type { Observer, Progress } from './observer.ts'
import { endLines, evidenceLine, ROUTER_NAMES, summaryLines, timelineLine } from './words.ts'

/** Appends a line for each thing that happens: for logs, pipes and CI. */
export function plainView(write: (line: string) => void): Observer {
  let last: Progress | undefined
  let state: string | undefined
  let evidence = ''
  const stamp = () => `  ${((last?.elapsed ?? 0) / 1_000).toFixed(1).padStart(5)} s  `

  return {
    note: write,
    begins({ number, of, router, title }) {
      last = undefined
      state = undefined
      evidence = ''
      write('')
      write(`${number}/${of} ${ROUTER_NAMES[router]}: ${title}`)
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
      // Only what changed its kind: the numbers change all the time.
      const now = (rollout?.Evidence ?? []).map(({ check, kind }) => `${check} ${kind}`).join()
      if (now !== '' && now !== evidence) {
        evidence = now
        for (const each of rollout?.Evidence ?? []) write(`${stamp()}  ${evidenceLine(each)}`)
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
