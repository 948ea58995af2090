import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, inject, it } from 'vitest'
import * as errors from '../../../core/errors.ts'
import { checkSchema } from '../../../core/model/checks/index.ts'
import { sentencesIn } from './sentences.ts'

const repository = join(import.meta.dirname, '../../..')
const read = (path: string) => readFileSync(join(repository, path), 'utf8')
const runbook = read('docs/runbook.md')
/** What stands in code type, each as one text. */
const spans = [...runbook.matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span)
const commands = [...runbook.matchAll(/```sh\n(.*?)```/gs)]
  .map(([, block = '']) => block)
  .join('\n')

/** The section under a heading of the third level. */
function section(name: string): string {
  const start = runbook.indexOf(`\n### \`${name}\`\n`)
  if (start < 0) throw new Error(`docs/runbook.md has no section for ${name}: say what to do`)
  const rest = runbook.slice(start + 4)
  const end = rest.search(/^#{2,3} /m)
  return end < 0 ? rest : rest.slice(0, end)
}

const ALARMS = Object.values(
  JSON.parse(readFileSync(join(inject('template'), 'SluiceController.template.json'), 'utf8'))
    .Resources as Record<string, { Type: string; Properties: { AlarmName?: string } }>,
)
  .filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm')
  .map(({ Properties }) => Properties.AlarmName?.split('-').at(-1) ?? '')

const CODES = Object.values(errors).flatMap((type) =>
  type === errors.SluiceError ? [] : new (type as typeof errors.NotYetError)('').code,
)

/** What decides, and says so: each file of the analysis itself, and the wish to stop. */
const DECIDING = [
  ...readdirSync(join(repository, 'core/analysis'))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `core/analysis/${name}`),
]

const WISHES = /export function wishToStop.*?^}/ms.exec(read('core/model/rollout.ts'))?.[0] ?? ''

/** Whether a span of the runbook says this: its words in their order, whatever stands for the values. */
function told(sentence: string): boolean {
  const words = sentence.split('…').map((part) => part.trim())
  return spans.some((span) => {
    let from = 0
    return words.every((word) => {
      const at = span.indexOf(word, from)
      from = at + word.length
      return at >= 0
    })
  })
}

describe('the runbook', () => {
  it.each(ALARMS)('says of the alarm %s what to look at and what to type', (alarm) => {
    expect(section(alarm)).toMatch(/```sh\n/)
  })

  it.each(CODES)('says of the error %s what to look at and what to type', (code) => {
    expect(section(code)).toMatch(/```sh\n/)
  })

  it.each(DECIDING)('tells what every reason of %s means', (file) => {
    const missing = sentencesIn(read(file)).filter((sentence) => !told(sentence))
    expect(missing, 'give each a line in docs/runbook.md, with … for values').toEqual([])
  })

  it('tells what every wish to stop means', () => {
    const wishes = sentencesIn(WISHES)
    expect(wishes.length).toBeGreaterThan(2)
    expect(wishes.filter((sentence) => !told(sentence))).toEqual([])
  })

  it.each(checkSchema.def.options.map((option) => [...option.def.shape.type.def.values][0] ?? ''))(
    'says what to look at when a check of type %s failed',
    (type) => {
      expect(runbook).toMatch(new RegExp(`^\\| \`${type}\` \\|`, 'm'))
    },
  )

  it('names every error of AWS that the workflow tries again or catches', () => {
    const workflow = JSON.parse(read('statemachine/canary.asl.json'))
    const states = Object.values(workflow.States) as {
      Retry?: { ErrorEquals: string[] }[]
      Catch?: { ErrorEquals: string[] }[]
    }[]
    const named = states.flatMap(({ Retry = [], Catch = [] }) =>
      [...Retry, ...Catch].flatMap(({ ErrorEquals }) => ErrorEquals),
    )
    expect(named).not.toEqual([])
    expect([...new Set(named)].filter((name) => !spans.includes(name))).toEqual([])
  })

  it('types commands of sluice that there are', () => {
    const there = readdirSync(join(repository, 'cli/commands')).map((file) => file.slice(0, -3))
    const typed = [...spans, ...commands.split('\n')].flatMap(
      (line) => /^\s*sluice ([a-z-]+)/.exec(line)?.[1] ?? [],
    )
    expect(typed).not.toEqual([])
    expect(typed.filter((name) => !there.includes(name))).toEqual([])
  })
})

describe('the sentences of a source file', () => {
  it('are its texts with a space, with … for values, and none of its comments', () => {
    const source = [
      "import { a } from './a file.ts'",
      '// not `this one`, it is a comment',
      "const one = 'two words'; const word = 'word'",
      '/* nor "this one" */',
      `const nested = \`says \${list.map((x) => { return \`in \${x} here\` }).join(', ')} at last\``,
    ].join('\n')
    expect(sentencesIn(source)).toEqual(['./a file.ts', 'two words', 'in … here', 'says … at last'])
  })
})
