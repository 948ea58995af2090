import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BundledCommand, bundledCommand } from '../../fixtures/command.ts'
import { revision } from '../../fixtures/in-process/environment.ts'
import { createLocalCanary, type LocalCanary } from '../../fixtures/in-process/local-canary.ts'

/** The real command in child processes, against local AWS over HTTP; what rolls out waits for the test's clock. */
let canary: LocalCanary
let command: BundledCommand

beforeAll(async () => {
  canary = await createLocalCanary({ tasks: 1 })
  const { url } = await canary.aws.listen()
  command = await bundledCommand({
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL: url,
  })
  await canary.define()
  await canary.time.pass(10)
})

afterAll(async () => {
  await command.close()
  await canary.close()
})

test('the status of a canary says which slot is live and that nothing rolls out', async () => {
  const { code, stdout, stderr } = await command.run(['status', 'web'])
  expect(stderr).toBe('')
  expect(stdout).toContain('web: blue is live, green is idle')
  expect(stdout).toContain('blue   shop/blue')
  expect(stdout).toContain('no rollout yet')
  expect(code).toBe(0)
})

test('with --json it is one document', async () => {
  const { code, stdout } = await command.run(['status', 'web', '--json'])
  expect(JSON.parse(stdout)).toMatchObject({
    canary: 'web',
    status: 'idle',
    live: 'blue',
    candidate: 'green',
    rollout: null,
  })
  expect(code).toBe(0)
})

test('watch, abort and the outcome, each in a process of its own', async () => {
  await canary.surroundings.deploy('green', revision(2))
  await canary.time.until('it bakes', async () => {
    const rollout = await canary.rollout(1)
    return rollout?.Status === 'baking' && rollout.Waiting !== undefined
  })
  const left = command.start(['watch', 'web'])
  const watching = command.start(['watch', 'web'])
  const machine = command.start(['watch', 'web', '--json'])
  await Promise.all([left.says('shifted'), watching.says('shifted'), machine.says('web-1')])

  left.child.kill('SIGINT')
  const interrupted = await left.finished
  expect(interrupted.stderr).toContain('web-1 goes on')
  expect(interrupted.stderr).toContain('sluice abort web')
  expect(interrupted.code).toBe(130)

  const aborted = await command.run(['abort', 'web', '--reason', 'alert'])
  expect(aborted).toMatchObject({ code: 0, stderr: '' })
  await canary.outcome(1)
  const [seen, told] = await Promise.all([watching.finished, machine.finished])
  expect(seen.stdout).toContain('web-1 failed-back')
  expect(seen.stdout).toContain('alert')
  expect(seen.code).toBe(1)
  expect(JSON.parse(told.stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({
    outcome: 'failed-back',
    achieved: 0,
  })
})

test('nobody reads on: it ends without a word', async () => {
  const watching = command.start(['watch', 'web'])
  await watching.says('waiting for the next one')
  watching.child.stdout?.destroy()
  // Something to write, for a pipe is only found broken by writing.
  await command.run(['retrigger', 'web'])
  await canary.time.until('it bakes', async () => (await canary.rollout(2))?.Status === 'baking')
  const { code, stderr } = await watching.finished
  expect(stderr).toBe('')
  expect(code).toBe(141)
})

describe('what goes wrong outside', () => {
  const nowhere = 'http://127.0.0.1:1'
  test.each([
    ['an endpoint where nothing is', { AWS_ENDPOINT_URL: nowhere }, `endpoint ${nowhere}`, 3],
    [
      'no credentials',
      { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_EC2_METADATA_DISABLED: 'true' },
      'sign in',
      3,
    ],
    ['no region', { AWS_REGION: '' }, 'give --region, or set AWS_REGION', 3],
    ['a profile that is none', { AWS_PROFILE: 'nobody', AWS_ACCESS_KEY_ID: '' }, 'nobody', 3],
  ])('%s', async (_, env, told, exit) => {
    const { code, stderr, stdout } = await command.run(['status', 'web'], env)
    expect(stderr).toContain(told)
    expect(stderr).not.toContain('    at ')
    expect(stdout).toBe('')
    expect(code).toBe(exit)
  })

  test('a region without a controller', async () => {
    const { code, stderr } = await command.run(['list', '--controller', 'other'])
    expect(stderr).toContain('there is no controller "other" here (no function other-signal)')
    expect(stderr).toContain('region us-east-1')
    expect(code).toBe(3)
  })

  test('an error is a document too, for machines', async () => {
    const { code, stdout } = await command.run(['status', 'wbe', '--json'])
    expect(JSON.parse(stdout)).toEqual({
      error: {
        code: 'usage',
        message: 'there is no canary "wbe"; did you mean "web"?',
        hints: [],
      },
    })
    expect(code).toBe(2)
  })
})

test('bash completes commands, options and canaries', async () => {
  const script = await command.run(['completion', 'bash'])
  const asked = `${script.stdout}
sluice() { "${process.execPath}" "${command.entry}" "$@"; }
for line in "sluice sta" "sluice status w" "sluice promote --fu" "sluice completion "; do
  COMP_WORDS=($line)
  case "$line" in *' ') COMP_WORDS+=('');; esac
  COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
  _sluice
  echo "\${COMPREPLY[@]}"
done`
  const { stdout } = await promisify(execFile)('bash', ['-c', asked], {
    env: { ...process.env, ...command.env },
  })
  expect(stdout.split('\n')).toEqual(['status', 'web', '--full', 'bash zsh fish', ''])
})

test('starting loads neither AWS nor anything else that a command may not need', () => {
  const { outputs } = command.metafile
  const entry = Object.keys(outputs).find((path) => basename(path) === basename(command.entry))
  const loaded = new Set<string>()
  const visit = (path: string) => {
    if (loaded.has(path)) return
    loaded.add(path)
    for (const one of outputs[path]?.imports ?? []) {
      if (one.kind === 'import-statement' && !one.external) visit(one.path)
    }
  }
  visit(entry ?? '')
  const inputs = [...loaded].flatMap((path) => Object.keys(outputs[path]?.inputs ?? {}))
  const packages = new Set(
    inputs.flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []),
  )
  expect([...packages]).toEqual(['commander'])
  const bytes = [...loaded].map(
    (path) => readFileSync(join(dirname(command.entry), basename(path))).length,
  )
  expect(bytes.reduce((sum, one) => sum + one, 0)).toBeLessThan(200_000)
})
