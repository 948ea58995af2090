import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { commonFields } from '../../../core/model/checks/fields.ts'
import { checkSchema } from '../../../core/model/checks/index.ts'
import { metricMath } from '../../../core/model/checks/metric.ts'
import { parseDefinition } from '../../../core/model/definition.ts'
import { readAnswer } from '../../../core/model/function-answer.ts'
import { functionRequest } from '../../../core/model/function-request.ts'
import { HOOK_POINTS, hookSchema } from '../../../core/model/hooks.ts'
import { definition } from '../../fixtures/world.ts'

const page = (name: string) =>
  readFileSync(join(import.meta.dirname, '../../../docs', name), 'utf8')
const checks = page('checks.md')
const hooks = page('hooks.md')

/** The part of a page under a heading, up to the next of its level or above. */
function under(text: string, heading: string): string {
  const start = text.indexOf(`\n${heading}\n`)
  if (start < 0) throw new Error(`there is no heading ${heading}`)
  const rest = text.slice(start + heading.length + 1)
  const end = rest.search(new RegExp(`^#{1,${heading.indexOf(' ')}} `, 'm'))
  return end < 0 ? rest : rest.slice(0, end)
}

const json = (text: string): unknown[] =>
  [...text.matchAll(/```json\n(.*?)\n```/gs)].map(([, one = '']) => JSON.parse(one))

const OPTIONS = checkSchema.def.options.map((option) => ({
  type: [...option.def.shape.type.def.values][0] ?? '',
  fields: Object.keys(option.def.shape),
}))

describe('the page about checks', () => {
  it.each(OPTIONS)('tells every field of $type, and its evidence', ({ type, fields }) => {
    const section = under(checks, `## \`${type}\``)
    const own = fields.filter(
      (field) => !['type', 'name', ...Object.keys(commonFields)].includes(field),
    )
    for (const field of own) {
      // An object is told by its fields, as expect.status.
      expect(section, `${type}.${field}`).toMatch(new RegExp(`^\\| \`${field}(\\.\\w+)?\` `, 'm'))
    }
    expect(section).toContain('Evidence: ')
  })

  it('tells the fields of every check, and of metric math', () => {
    const section = under(checks, '## Of every check')
    for (const field of ['type', 'name', ...Object.keys(commonFields)]) {
      expect(section).toMatch(new RegExp(`^\\| \`${field}\` `, 'm'))
    }
    const math = under(checks, '### Metric math')
    for (const field of Object.keys(metricMath.def.shape)) {
      expect(math).toMatch(new RegExp(`^\\| \`${field}\` `, 'm'))
    }
  })

  it('has examples that Sluice takes', () => {
    const examples = json(checks).flat() as Record<string, unknown>[]
    const named = examples.filter((example) => 'type' in example)
    expect(new Set(named.map(({ type }) => type)).size).toBe(OPTIONS.length)
    for (const [index, example] of named.entries()) {
      const required = { type: 'ecs', name: 'required' }
      const changes = { checks: [required, { ...example, name: `c${index}` }] }
      expect(() => parseDefinition(definition(changes)), JSON.stringify(example)).not.toThrow()
    }
    for (const example of examples.filter((one) => !('type' in one))) {
      const changes = { checks: [{ type: 'compare' }], ...example }
      expect(() => parseDefinition(definition(changes)), JSON.stringify(example)).not.toThrow()
    }
  })
})

describe('the page about functions', () => {
  it('tells every point and every field of a hook', () => {
    const section = under(hooks, '## Hooks')
    for (const word of [...HOOK_POINTS, ...Object.keys(hookSchema.def.shape)]) {
      expect(section).toMatch(new RegExp(`^\\| \`${word}\` `, 'm'))
    }
  })

  it('shows hooks that Sluice takes, the request that it sends, and an answer that it reads', () => {
    const [example, request, answer] = json(hooks) as Record<string, unknown>[]
    expect(() => parseDefinition(definition(example))).not.toThrow()
    const slots = parseDefinition(definition()).slots
    const sent = functionRequest(
      {
        canary: 'web',
        rollout: 'web-7',
        revision: 'web:42',
        candidate: 'green',
        slots,
        step: 2,
        steps: 5,
        weight: 20,
        rolloutStartedAt: 0,
      },
      { id: 'i', kind: 'hook', name: 'smoke', point: 'afterStep', attempt: 1, input: {} },
    )
    expect(Object.keys(request ?? {})).toEqual(Object.keys(sent))
    expect(readAnswer({ kind: 'answered', payload: answer })).toMatchObject({
      kind: 'answer',
      status: 'in-progress',
      retryAfter: 30,
    })
  })
})
