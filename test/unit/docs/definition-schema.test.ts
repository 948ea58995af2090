import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { readDefinition } from '../../../core/model/definition.ts'
import { DESCRIBED } from '../../../core/model/definition-descriptions.ts'
import {
  definitionJsonSchema,
  type JsonSchema,
  SCHEMA_FILE,
} from '../../../core/model/definition-json-schema.ts'
import { ROOT } from '../../../infra/bundling/bundle-functions.ts'
import { definition } from '../../fixtures/world.ts'

const schema = definitionJsonSchema()
const validate = new Ajv({ allErrors: true, strict: true, strictTypes: false }).compile(schema)
const valid = (value: unknown) => {
  validate(value)
  return validate.errors ?? []
}

describe('the schema for editors', () => {
  it('is written down as it is: node cli/main.ts schema > docs/definition.schema.json', () => {
    const written = readFileSync(join(ROOT, SCHEMA_FILE), 'utf8')
    expect(JSON.parse(written)).toEqual(schema)
  })

  it('describes every field, and none that is gone', () => {
    const fields = fieldsOf(schema)
    expect(fields.length).toBeGreaterThan(150)
    expect(fields.filter(({ description }) => !description).map(({ path }) => path)).toEqual([])
    const texts = new Set(fields.map(({ path }) => path))
    const described = (path: string) =>
      [...texts].some((one) => new RegExp(`^${path.replaceAll('*', '.+')}$`).test(one))
    expect(DESCRIBED.filter((path) => !described(path))).toEqual([])
  })

  it('takes what the guide and the pages show', () => {
    const shown = definitionsInDocs()
    expect(shown.length).toBeGreaterThan(0)
    for (const one of shown) {
      expect(valid(one)).toEqual([])
      expect(readDefinition(one).kind).toBe('sound')
    }
  })

  it.each([
    ['steps', {}],
    ['a name', { plan: 'linear' }],
    ['a strategy', { plan: undefined, strategy: 'blue-green' }],
    ['a strategy with numbers', { plan: undefined, strategy: { type: 'linear', step: 20 } }],
    ['a preset', { plan: { preset: 'canary', step: 20, bake: '10m' } }],
    ['a schema of its own', { $schema: './definition.schema.json' }],
    ['a latency', { checks: [{ type: 'compare', slowerThan: '1.5s' }] }],
  ])('takes %s', (_, changes) => {
    expect(valid(JSON.parse(JSON.stringify(definition(changes))))).toEqual([])
  })

  it.each([
    ['a duration without a unit', { interval: '30' }],
    ['an empty duration', { interval: '' }],
    ['a plan that nobody knows', { plan: 'fast' }],
    ['a strategy that nobody knows', { plan: undefined, strategy: 'red-green' }],
    ['a check that nobody knows', { checks: [{ type: 'wish' }] }],
    ['a field that is none', { intervall: '30s' }],
    ['no slots', { slots: undefined }],
  ])('refuses %s, as the reader does', (_, changes) => {
    const value = JSON.parse(JSON.stringify(definition(changes)))
    expect(valid(value)).not.toEqual([])
    expect(readDefinition(value).kind).toBe('broken')
  })
})

/** Definitions among the JSON examples of the pages; a record's is in it. */
function definitionsInDocs(): unknown[] {
  const pages = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
  return pages
    .filter((name) => name.endsWith('.md'))
    .flatMap((name) => {
      const text = readFileSync(join(ROOT, 'docs', name), 'utf8')
      return [...text.matchAll(/```json\n([\s\S]*?)```/g)].flatMap(([, json = '']) => {
        const value = JSON.parse(json)
        const found = value?.Definition ?? value
        // A rollout, as the command prints it, has slots too.
        return found?.canary && found.slots && !found.rollout ? [found] : []
      })
    })
}

function fieldsOf(node: JsonSchema, path: readonly string[] = []) {
  const found: { readonly path: string; readonly description: unknown }[] = []
  for (const [name, field] of Object.entries((node.properties ?? {}) as JsonSchema)) {
    if (name === '$schema') continue
    const here = [...path, name]
    found.push({ path: here.join('.'), description: (field as JsonSchema).description })
    found.push(...fieldsOf(field as JsonSchema, here))
  }
  for (const option of [node.oneOf ?? [], node.anyOf ?? []].flat() as JsonSchema[]) {
    const { type } = (option.properties ?? {}) as Record<string, JsonSchema>
    const here = typeof type?.const === 'string' ? [...path, type.const] : path
    found.push(...fieldsOf(option, here))
  }
  for (const inner of [node.items, node.additionalProperties]) {
    if (typeof inner === 'object' && inner !== null) {
      found.push(...fieldsOf(inner as JsonSchema, path))
    }
  }
  return found
}
