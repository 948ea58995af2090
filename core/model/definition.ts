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
  const lines = parsed.error.issues.map((issue) => {
    const path = issue.path.map(String).join('.') || 'definition'
    const input = issue.input === undefined ? '' : ` (${shorten(JSON.stringify(issue.input))})`
    return `${path}${input}: ${issue.message}`
  })
  throw new DefinitionError(`broken definition: ${lines.join('; ')}`)
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}…` : text
}
