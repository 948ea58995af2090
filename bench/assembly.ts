import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FunctionBundle } from '../infra/bundling/bundle-functions.ts'

/** What is deployed: the synthesized template with the functions' bundles. */
export interface Assembly {
  readonly folder: string
  readonly bundles: readonly FunctionBundle[]
  /** For files that are gone afterwards, beside it. */
  readonly work: string
}

/** Synthesizes once, when it is first asked for, into a folder that is gone afterwards. */
export async function withAssembly<Result>(
  use: (assembly: () => Promise<Assembly>) => Promise<Result>,
): Promise<Result> {
  const work = mkdtempSync(join(tmpdir(), 'sluice-bench-'))
  let synthesized: Promise<Assembly> | undefined
  try {
    return await use(() => {
      synthesized ??= synthesizeInto(work)
      return synthesized
    })
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

async function synthesizeInto(work: string): Promise<Assembly> {
  const { bundleFunctions, ROOT } = await import('../infra/bundling/bundle-functions.ts')
  const { createApp } = await import('../infra/app.ts')
  const folder = join(work, 'assembly')
  const bundles = await bundleFunctions(ROOT, join(work, 'bundles'))
  createApp(bundles, { pace: 'minutes', canaries: 1, outdir: folder }).synth()
  return { folder, bundles: Object.values(bundles), work }
}
