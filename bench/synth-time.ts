import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const SCRIPT = join(import.meta.dirname, '..', 'infra', 'synth.ts')
const CANARIES = 10
/** Seconds. */
const AT_MOST = 20

export interface SynthTime {
  readonly ok: boolean
  /** In each of the two example environments. */
  readonly canaries: number
  readonly seconds: number
  readonly atMost: number
}

/** From the command to the finished assembly: bundles of all functions, the controller, and both environments. */
export async function measureSynth(): Promise<SynthTime> {
  const output = mkdtempSync(join(tmpdir(), 'sluice-bench-synth-'))
  const started = performance.now()
  try {
    await promisify(execFile)(process.execPath, [
      SCRIPT,
      '--output',
      output,
      '--canaries',
      `${CANARIES}`,
    ])
  } finally {
    rmSync(output, { recursive: true, force: true })
  }
  const seconds = Math.round((performance.now() - started) / 100) / 10
  return { ok: seconds <= AT_MOST, canaries: CANARIES, seconds, atMost: AT_MOST }
}
