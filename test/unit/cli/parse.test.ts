import { describe, expect, test } from 'vitest'
import { COMMANDS, GROUPS } from '../../../cli/commands/index.ts'
import { parseCommandLine } from '../../../cli/parse.ts'

async function parsed(...argv: readonly string[]) {
  const out: string[] = []
  const errors: string[] = []
  const result = await parseCommandLine(argv, GROUPS, {
    stdout: { write: (text) => out.push(text) },
    stderr: { write: (text) => errors.push(text) },
    env: {},
  })
  return { result, stdout: out.join(''), stderr: errors.join('') }
}

test('shared options may stand before the command and after it', async () => {
  for (const argv of [
    ['--region', 'eu-west-1', '--json', 'status', 'web'],
    ['status', 'web', '--json', '--region=eu-west-1'],
    ['--region=eu-west-1', 'status', '--json', 'web'],
  ]) {
    const { result } = await parsed(...argv)
    if (result.kind !== 'command') throw new Error(`${argv.join(' ')} was not taken`)
    expect(result.command.name).toBe('status')
    expect(result.input.argument('canary')).toBe('web')
    expect(result.shared).toMatchObject({ region: 'eu-west-1', json: true })
  }
})

describe('a mistake is told in a line or two, with 2', () => {
  test.each([
    [['stauts', 'web'], "unknown command 'stauts'", 'Did you mean status?'],
    [['status', 'web', '--jsno'], "unknown option '--jsno'", 'Did you mean --json?'],
    [['status'], "missing required argument 'canary'", 'Usage: sluice status <canary>'],
    [['status', 'web', 'api'], 'too many arguments', 'Usage: sluice status <canary>'],
    [['status', 'web', '--region'], "option '--region <region>' argument missing", ''],
    [['completion', 'tcsh'], 'Allowed choices are bash, zsh, fish', ''],
  ])('%j', async (argv, told, mend) => {
    const { result, stderr, stdout } = await parsed(...argv)
    expect(result).toEqual({ kind: 'answered', exit: 2 })
    expect(stderr).toMatch(/^sluice: /)
    expect(stderr).toContain(told)
    expect(stderr).toContain(mend)
    expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(2)
    expect(stdout).toBe('')
  })
})

test('a mistake is a document too where documents were asked for', async () => {
  for (const [argv, message, hints] of [
    [['stauts', '--json'], "unknown command 'stauts'", ['(Did you mean status?)']],
    [
      ['--json', 'status'],
      "missing required argument 'canary'",
      ['(Usage: sluice status <canary>)'],
    ],
  ] as const) {
    const { result, stdout, stderr } = await parsed(...argv)
    expect(result).toEqual({ kind: 'answered', exit: 2 })
    expect(JSON.parse(stdout)).toEqual({ error: { code: 'usage', message, hints } })
    expect(stderr).toContain(message)
  }
})

test('help is a word too', async () => {
  expect((await parsed('help')).stdout).toBe((await parsed('--help')).stdout)
  expect((await parsed('help', 'watch')).stdout).toBe((await parsed('watch', '--help')).stdout)
  expect((await parsed('help', 'watch')).result).toEqual({ kind: 'answered', exit: 0 })
})

test('without a command it tells which there are, with 2', async () => {
  const { result, stderr } = await parsed()
  expect(stderr).toContain('Usage: sluice <command> [options]')
  expect(result).toEqual({ kind: 'answered', exit: 2 })
})

test('a count that is none is told with its bounds', async () => {
  const { result } = await parsed('history', 'web', '-n', 'ten')
  if (result.kind !== 'command') throw new Error('it was not taken')
  expect(() => result.input.count('limit')).toThrow('--limit is "ten"; use a whole number from 1')
})

describe.each(COMMANDS.map((command) => [command.name, command] as const))(
  '%s',
  (name, command) => {
    test('has help with examples of itself', async () => {
      const { result, stdout } = await parsed(name, '--help')
      expect(result).toEqual({ kind: 'answered', exit: 0 })
      expect(stdout).toContain('Examples:')
      expect(command.examples.length).toBeGreaterThan(0)
      const [text = ''] = stdout.split('Examples:')
      expect(text.split('\n').filter((line) => line.length > 80)).toEqual([])
      const typed = command.examples.map(({ type }) => type)
      for (const type of typed) expect(stdout).toContain(type)
      expect(typed.some((type) => type.includes(`sluice ${name}`))).toBe(true)
    })

    test('is described in a line', () => {
      expect(command.describe).toMatch(/^[^A-Z].*[^.]$/)
      expect(command.describe.length).toBeLessThan(70)
    })
  },
)
