import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { STACK_NAME } from '../../../infra/stack-name.ts'
import type { Decision } from '../../../local/services/iam/index.ts'
import {
  createLocalCanary,
  type LocalCanary,
  type LocalCanaryOptions,
} from '../../fixtures/in-process/local-canary.ts'
import { nothingIsLost, type Scenario } from './scenario.ts'
import type { Template } from './template-grants.ts'

const FILE = `${STACK_NAME}.template.json`

export const readTemplate = (assembly: string): Template =>
  JSON.parse(readFileSync(join(assembly, FILE), 'utf8'))

/** Runs with the folder of an assembly that is another one's, with a change of its template. */
export async function withTemplate<Result>(
  assembly: string,
  change: (template: Template) => void,
  run: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-changed-'))
  try {
    for (const entry of readdirSync(assembly)) {
      if (entry !== FILE) symlinkSync(join(assembly, entry), join(folder, entry))
    }
    const template = readTemplate(assembly)
    change(template)
    writeFileSync(join(folder, FILE), JSON.stringify(template))
    return await run(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

export interface Played {
  /** Why it did not end as it should; nothing where it did. */
  readonly failure: string | undefined
  readonly decisions: readonly Decision[]
  readonly canary: LocalCanary | undefined
}

/** Plays a scenario on a local AWS of its own. */
export async function play(
  scenario: Scenario,
  options: Pick<LocalCanaryOptions, 'template' | 'canaryGrants'> = {},
): Promise<Played> {
  const decisions: Decision[] = []
  const onDecision = (decision: Decision) => void decisions.push(decision)
  let canary: LocalCanary | undefined
  try {
    canary = await createLocalCanary({ ...scenario.options, ...options, onDecision })
    await scenario.run(canary)
    nothingIsLost(canary)
    return { failure: undefined, decisions, canary }
  } catch (error) {
    return { failure: (error as Error).message, decisions, canary }
  } finally {
    await canary?.close()
  }
}
