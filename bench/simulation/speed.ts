import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Measurement } from '../line.ts'
import type { SeedsRun } from './seeds.ts'

/** Rollouts a second of one core. */
const AT_LEAST = 5

/**
 * How fast the simulation is, in a process of its own: by the time that it had of the processor, as others may want the cores
 * as well.
 */
export async function measureSimulation(template: string, seeds: number): Promise<Measurement> {
  const script = join(import.meta.dirname, 'seeds.ts')
  const { stdout } = await promisify(execFile)(process.execPath, [script, template, `${seeds}`], {
    env: {
      ...process.env,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    },
  })
  const { rollouts, broken, cpuSeconds, wallSeconds, peakMegabytes } = JSON.parse(
    stdout,
  ) as SeedsRun
  return {
    name: 'simulation',
    lines: [
      {
        what: 'rollouts of a core, by its own time',
        measured: rollouts / cpuSeconds,
        unit: '/s',
        atLeast: AT_LEAST,
        beside: `${rollouts} rollouts of ${seeds} seeds; ${(rollouts / wallSeconds).toFixed(1)} by the wall's clock`,
      },
      { what: 'broken promises', measured: broken, unit: '', atMost: 0 },
      { what: 'peak memory', measured: peakMegabytes, unit: 'MB' },
    ],
  }
}
