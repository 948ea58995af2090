import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, inject, it } from 'vitest'
import { runAll } from './pool.ts'
import type { Scenario } from './scenario.ts'
import type { Report } from './worker.ts'

interface Regression {
  /** What went wrong, and what was done about it. */
  readonly finding: string
  readonly scenario: Scenario
}

const FOLDER = join(import.meta.dirname, 'regressions')

const regressions = readdirSync(FOLDER).map((file): Regression & { file: string } => ({
  file,
  ...JSON.parse(readFileSync(join(FOLDER, file), 'utf8')),
}))

it('nothing that the simulation has found comes back', async () => {
  const reports: Report[] = []
  const tasks = regressions.map(({ scenario }) => ({ scenario }))
  await runAll(tasks.values(), { jobs: 1, template: inject('template') }, (report) => {
    reports.push(report)
    return 'go on'
  })
  const broken = reports.flatMap(({ violations }, index) =>
    violations.map((one) => ({ file: regressions[index]?.file, ...one })),
  )
  expect(broken).toEqual([])
  expect(reports).toHaveLength(regressions.length)
})
