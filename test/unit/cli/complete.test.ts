import { expect, test } from 'vitest'
import { COMMANDS } from '../../../cli/commands/index.ts'
import { type Candidate, complete } from '../../../cli/completion/complete.ts'
import { candidateLine, SHELLS, scriptOf } from '../../../cli/completion/scripts.ts'

const names = async (kind: 'canary' | 'rollout') =>
  kind === 'canary' ? ['web', 'worker', 'api'] : ['web-2', 'web-1']
const values = async (...words: readonly string[]) =>
  (await complete(COMMANDS, words, names)).map(({ value }: Candidate) => value)

test.each([
  [['sta'], ['status']],
  [['res'], ['resume']],
  [
    ['status', 'w'],
    ['web', 'worker'],
  ],
  [['--region', 'eu-west-1', 'status', 'a'], ['api']],
  [['status', 'web', ''], []],
  [
    ['show', 'web-'],
    ['web-2', 'web-1'],
  ],
  [['promote', 'web', '--f'], ['--full']],
  [['abort', 'web', '--rea'], ['--reason']],
  [['abort', 'web', '--reason', ''], []],
  [['abort', '--reason', 'slow', 'ap'], ['api']],
  [
    ['completion', ''],
    ['bash', 'zsh', 'fish'],
  ],
  [['nonsense', 'w'], []],
])('%j completes to %j', async (words, expected) => {
  expect(await values(...words)).toEqual(expected)
})

test('every shared option completes after every command', async () => {
  for (const { name } of COMMANDS) {
    expect(await values(name, '--endpoint')).toEqual(['--endpoint-url'])
  }
})

test('each shell gets descriptions as it reads them', () => {
  const candidate = { value: 'a:b', describe: 'what it is' }
  expect(candidateLine('bash', candidate)).toBe('a:b')
  expect(candidateLine('zsh', candidate)).toBe('a\\:b:what it is')
  expect(candidateLine('fish', candidate)).toBe('a:b\twhat it is')
})

test('every script asks the command itself', () => {
  for (const shell of SHELLS) expect(scriptOf(shell, COMMANDS)).toContain(`__complete ${shell}`)
})
