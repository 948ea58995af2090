import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { measureCallsPerEvent } from '../../../bench/calls-per-event.ts'

const measured = await measureCallsPerEvent()

describe('what an event costs in calls to AWS', () => {
  it.each(measured)('$name: $total, at most $atMost', ({ name, ok, kind, calls }) => {
    expect(ok, `${name} was ${kind} with ${JSON.stringify(calls)}`).toBe(true)
  })

  it.each([
    'a task of a service of no canary',
    'a task of the live slot',
    'the same event once more',
    'another task of that revision',
  ])('%s costs one read of the index and nothing else', (name) => {
    expect(measured.find((each) => each.name === name)?.calls).toEqual({ 'dynamodb:Query': 1 })
  })
})

describe('the bench command', () => {
  it('prints one JSON document with --json', async () => {
    const { code, stdout } = await bench('calls', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ ok: true })
  })

  it('refuses an unknown option in one line', async () => {
    const { code, stdout, stderr } = await bench('--fast')
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/^Unknown option '--fast'.*\n$/)
  })
})

function bench(...options: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const main = fileURLToPath(new URL('../../../bench/main.ts', import.meta.url))
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...options], (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr })
    })
  })
}
