import { DefinitionError } from '../errors.ts'
import { checkRules } from './definition-rules.ts'
import { definitionShape } from './definition-shape.ts'
import * as z from './zod.ts'

export type {
  CheckDefinition,
  CheckOf,
  RouterDefinition,
  SlotDefinition,
} from './definition-shape.ts'

export const definitionSchema = definitionShape.check(
  z.superRefine((definition, context) =>
    checkRules(definition, (path, input, message) =>
      context.addIssue({ code: 'custom', path, input, message }),
    ),
  ),
)

/** A canary's definition, parsed: durations in seconds, plan as steps, defaults filled in. */
export type Definition = z.output<typeof definitionSchema>

/**
 * Parses a definition from anywhere.
 * @throws {DefinitionError} one line an issue: path, value and what to change.
 */
export function parseDefinition(value: unknown): Definition {
  const parsed = definitionSchema.safeParse(value, { reportInput: true })
  if (parsed.success) return parsed.data
  throw new DefinitionError(`broken definition: ${parsed.error.issues.map(told).join('; ')}`)
}

type Issue = NonNullable<ReturnType<typeof definitionSchema.safeParse>['error']>['issues'][number]

/** One line: path, value and what to change. */
function told(issue: Issue): string {
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.map((key) => [...issue.path, key].join('.'))
    return `${keys.join(', ')}: is no field of a definition; remove it or correct its name`
  }
  const path = issue.path.map(String).join('.') || 'definition'
  const value = valueAt(issue)
  const message =
    value === undefined && issue.code !== 'custom' ? `is missing (${issue.message})` : issue.message
  return `${path}${value === undefined ? '' : ` (${shorten(JSON.stringify(value))})`}: ${message}`
}

/** Of a union that is told by a `type`, the type; else what stands there. */
function valueAt({ code, input, path }: Issue): unknown {
  const key = path.at(-1)
  if (code !== 'invalid_union' || typeof input !== 'object' || input === null) return input
  return Object.entries(input).find(([name]) => name === key)?.[1]
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}…` : text
}
