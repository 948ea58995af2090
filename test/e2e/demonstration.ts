import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Report } from '../../local/demonstration/report.ts'

export const MAIN = fileURLToPath(new URL('../../local/demonstration/main.ts', import.meta.url))

export interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the demonstration as `npm start` does. */
export function demonstrate(...args: readonly string[]): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk) => {
      stdout += chunk
    })
    child.stderr.on('data', (chunk) => {
      stderr += chunk
    })
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, stdout, stderr }))
  })
}

/** So many at a time: each of them is half a dozen processes, and real time counts in all of them. */
export function limited(most: number) {
  let running = 0
  const waiting: (() => void)[] = []
  return async <Result>(run: () => Promise<Result>): Promise<Result> => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve))
    else running += 1
    try {
      return await run()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running -= 1
    }
  }
}

/** The document of a run that ended as it should. */
export function reportIn({ code, stdout, stderr }: Finished): Report {
  if (code !== 0) throw new Error(`exit code ${code}\n${stdout}\n${stderr}`)
  return JSON.parse(stdout) as Report
}
