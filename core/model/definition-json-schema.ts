import { describeField } from './definition-descriptions.ts'
import { definitionShape } from './definition-shape.ts'
import { formatDuration, type TextOf, textOf } from './duration.ts'
import { planSchema, planWritten } from './plan.ts'
import { strategySchema, strategyWritten } from './strategies.ts'
import * as z from './zod.ts'

export type JsonSchema = Record<string, unknown>

/** Where the schema stands in the repository; `$schema` of a definition's file may name it. */
export const SCHEMA_FILE = 'docs/definition.schema.json'

/**
 * A JSON schema of definitions as people write them, for editors: made of the schema that reads them, so that it knows
 * each field, default and pattern, with what each field means. What must hold between fields it does not know.
 */
export function definitionJsonSchema(): JsonSchema {
  const { $schema, ...schema } = written(definitionShape)
  const properties = schema.properties as Record<string, JsonSchema>
  describe(schema, [])
  return {
    $schema,
    title: 'A canary of Sluice',
    description:
      'Two ECS services, what splits the traffic between them, how it moves, and what is looked at.',
    ...schema,
    properties: {
      $schema: { type: 'string', description: 'Where this schema is, for editors.' },
      ...properties,
    },
  }
}

/** What parses a value by its form, and the forms that it takes. */
const FORMS = [
  [planSchema, planWritten],
  [strategySchema, strategyWritten],
] as const

function written(shape: z.core.$ZodType): JsonSchema {
  const schema = z.toJSONSchema(shape, {
    io: 'input',
    target: 'draft-7',
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      const text = textOf(zodSchema)
      if (text) Object.assign(jsonSchema, described(text))
      for (const [schema, form] of FORMS) {
        if (!Object.is(zodSchema, schema)) continue
        const { $schema: _, ...told } = written(form)
        Object.assign(jsonSchema, told)
      }
      // As JavaScript counts; it says nothing to people.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
    },
  })
  return schema as JsonSchema
}

/** `5m`, `1h30m`; what is out of bounds only its reader refuses. */
function described(text: TextOf): JsonSchema {
  if (text.kind === 'latency') {
    return { pattern: '^\\d+(\\.\\d+)?(ms|s)$', examples: ['300ms', '1.5s'] }
  }
  const { min, max } = text
  const most = max === undefined ? '' : ` to ${formatDuration(max)}`
  return {
    pattern: '^(?=\\d)(\\d+d)?(\\d+h)?(\\d+m)?(\\d+s)?$',
    examples: ['30s', '5m', '1h30m'],
    description: `A duration, from ${formatDuration(min)}${most}.`,
  }
}

/** Gives each field its description, told apart by its path: of a list's entries by their `type`. */
function describe(schema: JsonSchema, path: readonly string[]): void {
  for (const [name, field] of Object.entries((schema.properties ?? {}) as JsonSchema)) {
    const one = field as JsonSchema
    const here = [...path, name]
    const text = describeField(here)
    const range = one.description === undefined ? '' : ` ${one.description}`
    if (text !== undefined) one.description = `${text}${range}`
    describe(one, here)
  }
  for (const key of ['oneOf', 'anyOf'] as const) {
    for (const option of (schema[key] ?? []) as JsonSchema[]) {
      describe(option, [...path, ...typeOf(option)])
    }
  }
  for (const key of ['items', 'additionalProperties'] as const) {
    const inner = schema[key]
    if (typeof inner === 'object' && inner !== null) describe(inner as JsonSchema, path)
  }
}

function typeOf(option: JsonSchema): string[] {
  const { type } = (option.properties ?? {}) as Record<string, JsonSchema>
  return typeof type?.const === 'string' ? [type.const] : []
}
