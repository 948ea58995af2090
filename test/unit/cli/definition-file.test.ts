import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { readDefinitionFile } from '../../../cli/definition-file.ts'
import { definition } from '../../fixtures/world.ts'

const yaml = (changes: Record<string, unknown> = {}) => stringify(definition(changes))
const issues = (text: string) => {
  const reading = readDefinitionFile(text)
  return reading.kind === 'broken' ? reading.issues : []
}
/** Line and column, counted from 1, of where a text stands first. */
const placeOf = (file: string, text: string) => {
  const before = file.slice(0, file.indexOf(text)).split('\n')
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}

describe('a definition’s file', () => {
  it.each([
    ['YAML', yaml()],
    ['JSON', JSON.stringify(definition(), null, 2)],
    ['JSON indented by tabs', JSON.stringify(definition(), null, '\t')],
  ])('may be %s', (_, text) => {
    expect(readDefinitionFile(text)).toMatchObject({ kind: 'sound', written: definition() })
  })

  it('may say where its schema is, which the table does not get', () => {
    const text = `$schema: ./definition.schema.json\n${yaml()}`
    expect(readDefinitionFile(text)).toMatchObject({ kind: 'sound', written: definition() })
  })

  it('may use anchors, and merge them', () => {
    const text = yaml({ plan: undefined }).concat(
      'plan:\n  - &step { weight: 5, bake: 5m }\n  - { <<: *step, weight: 100 }\n',
    )
    const reading = readDefinitionFile(text)
    expect(reading).toMatchObject({
      kind: 'sound',
      written: {
        plan: [
          { weight: 5, bake: '5m' },
          { weight: 100, bake: '5m' },
        ],
      },
    })
  })

  it.each([
    ['a value', { interval: 'soon' }, 'interval:', 'interval ("soon")'],
    ['a field that is none', { intervall: '30s' }, 'intervall:', 'intervall: is no field'],
    [
      'a value in a list',
      {
        plan: [
          { weight: 5, bake: '5 minutes' },
          { weight: 100, bake: '5m' },
        ],
      },
      'bake:',
      'plan.0.bake ("5 minutes")',
    ],
    ['a rule between fields', { plan: [{ weight: 50, bake: '5m' }] }, 'weight:', 'must be 100'],
  ])('has its issues told with line and column: %s', (_, changes, where, text) => {
    const file = yaml(changes)
    expect(issues(file)).toEqual([{ ...placeOf(file, where), text: expect.stringContaining(text) }])
  })

  it('has a missing field told where it should stand', () => {
    const file = yaml({ router: { type: 'route53', record: 'a.example.com' } })
    expect(issues(file)).toEqual([
      {
        ...placeOf(file, 'router:'),
        text: expect.stringContaining('router.hostedZone: is missing'),
      },
    ])
  })

  it('has all of its issues told at once', () => {
    expect(issues(yaml({ interval: 'soon', maxErrors: -1 }))).toHaveLength(2)
  })

  it.each([
    ['a list that never ends', 'canary: web\nplan: [1\nslots: 2\n', 3, 'flow sequence'],
    ['a key twice', 'canary: web\ncanary: shop\n', 2, 'keys must be unique'],
    ['two documents', 'canary: web\n---\ncanary: shop\n', 2, 'a file holds one definition'],
    ['a tag that nobody knows', 'canary: !!js/function x\n', 1, 'unresolved tag'],
    ['an alias of nothing', 'canary: *name\n', 1, 'Unresolved alias'],
    ['nothing', '', 1, 'the file is empty'],
    ['a list', '- web\n', 1, 'holds no definition'],
    ['a text', 'web', 1, 'holds no definition'],
  ])('with %s is refused where that stands', (_, text, line, message) => {
    const [issue] = issues(text)
    expect(issue?.line).toBe(line)
    expect(issue?.text).toContain(message)
  })

  it('that would fill the memory is refused', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]']
    for (let n = 1; n < 9; n++) {
      lines.push(
        `a${n}: &a${n} [${Array(10)
          .fill(`*a${n - 1}`)
          .join(', ')}]`,
      )
    }
    expect(issues(lines.join('\n'))[0]?.text).toContain('alias')
  })
})
