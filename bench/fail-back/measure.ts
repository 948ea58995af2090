import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { bundleCommand } from '../../cli/build.ts'
import type { Line, Measurement } from '../line.ts'
import { quantile } from '../line.ts'
import { createStage, type Stage } from './stage.ts'

/** Milliseconds, of the slowest but one in a hundred. */
const AT_MOST = 2_000

/**
 * Milliseconds that Route 53 may take more: one poll of GetChange. `Fail Back` asks again after a second, and a tenth longer
 * each time.
 */
const ONE_POLL = 1_100

type Cause = (stage: Stage) => Promise<unknown> | unknown

/** From what was typed, or happened, to the baseline that was read back: so often for each cause and router. */
export async function measureFailBack(
  assembly: string,
  folder: string,
  runs: number,
): Promise<Measurement> {
  const { entry } = await bundleCommand(folder)
  const causes: readonly (readonly [string, Cause])[] = [
    ['abort, typed', ({ url }) => typed(entry, url)],
    ['a task of the candidate dies', (stage) => stage.killTask()],
    ['an alarm fires', (stage) => stage.fireAlarm()],
  ]
  const lines: Line[] = []
  for (const router of ['alb', 'route53'] as const) {
    const stage = await createStage(assembly, router)
    try {
      for (const [what, cause] of causes) {
        const atMost = AT_MOST + (router === 'route53' ? ONE_POLL : 0)
        lines.push(...linesOf(`${router}: ${what}`, await times(stage, cause, runs), atMost))
      }
    } finally {
      await stage.close()
    }
  }
  return { name: 'fail-back', lines }
}

async function times(stage: Stage, cause: Cause, runs: number): Promise<readonly number[]> {
  const measured: number[] = []
  // The first one finds functions that have never run: it is not counted.
  for (let run = 0; run <= runs; run++) {
    await stage.bake()
    const began = Date.now()
    await cause(stage)
    const { endedAt = Number.NaN } = await stage.failedBack()
    if (run > 0) measured.push(endedAt - began)
    await stage.quietAlarm()
  }
  return measured
}

/** The command as people have it, start-up included. */
async function typed(entry: string, endpoint: string): Promise<void> {
  const env = {
    PATH: process.env.PATH ?? '',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL: endpoint,
  }
  const args = [entry, 'abort', 'web', '--reason', 'to measure it']
  await promisify(execFile)(process.execPath, args, { env })
}

function linesOf(what: string, measured: readonly number[], atMost: number): readonly Line[] {
  const beside = `${measured.length} runs`
  return [
    { what: `${what}, p50`, measured: quantile(measured, 0.5), unit: 'ms', beside },
    { what: `${what}, p99`, measured: quantile(measured, 0.99), unit: 'ms', atMost },
  ]
}
