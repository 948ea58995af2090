import { DefinitionError } from '../errors.ts'
import { defaultChecks, withLoadBalancer } from './default-checks.ts'
import { checkRules } from './definition-rules.ts'
import { type DefinitionFields, type DefinitionShape, definitionShape } from './definition-shape.ts'
import { NO_FIELD } from './parsed-by.ts'
import * as z from './zod.ts'

export type { CheckDefinition, CheckOf } from './checks/index.ts'
export type { RouterDefinition, SlotDefinition } from './places.ts'

export const definitionSchema = z
  .pipe(definitionShape, z.transform(completed))
  .check(
    z.superRefine((definition, context) =>
      checkRules(definition, (path, input, message) =>
        context.addIssue({ code: 'custom', path, input, message }),
      ),
    ),
  )

/** Fills in the defaults that hang on more than their own field. */
function completed(
  { strategy, ...fields }: DefinitionFields,
  context: { readonly issues: unknown[] },
): DefinitionShape {
  const { blue, green } = fields.slots
  const { plan } = strategy ?? fields
  const issue = (path: PropertyKey[], input: unknown, message: string) =>
    context.issues.push({ code: 'custom', path, input, message })
  if (plan === undefined) {
    issue(
      ['plan'],
      undefined,
      'is missing; list the steps, or name a plan such as "linear", or give a strategy instead',
    )
  }
  if (strategy && fields.plan !== undefined) {
    issue(
      ['strategy'],
      undefined,
      'fills in the plan, and there is one already; give one of the two',
    )
  }
  const slots = {
    blue: withLoadBalancer(blue, fields.router),
    green: withLoadBalancer(green, fields.router),
  }
  const { scaleDown = strategy?.scaleDown, testWindow = strategy?.testWindow ?? 0 } = fields
  return {
    ...fields,
    ...(scaleDown === undefined ? {} : { scaleDown }),
    testWindow,
    slots,
    plan: plan ?? [],
    checks: fields.checks ?? defaultChecks({ slots }),
  }
}

/** A canary's definition, parsed: durations in seconds, plan as steps, defaults filled in. */
export type Definition = z.output<typeof definitionSchema>

/** A canary's definition as people write it: durations as text, a plan by its name, what has a default left out. */
export type DefinitionInput = z.input<typeof definitionSchema>

/** Something that is wrong with a definition. */
export interface DefinitionIssue {
  /** From the definition's root: of what is wrong, or of what is missing. */
  readonly path: readonly PropertyKey[]
  /** One line: path, value and what to change. */
  readonly text: string
}

/** A definition that holds, or all that is wrong with it. */
export type Reading =
  | { readonly kind: 'sound'; readonly definition: Definition }
  | { readonly kind: 'broken'; readonly issues: readonly DefinitionIssue[] }

/** Reads a definition from anywhere. */
export function readDefinition(value: unknown): Reading {
  const parsed = definitionSchema.safeParse(value, { reportInput: true })
  if (parsed.success) return { kind: 'sound', definition: parsed.data }
  const byText = new Map(
    parsed.error.issues.map((issue) => [told(issue), { path: pathOf(issue), text: told(issue) }]),
  )
  return { kind: 'broken', issues: [...byText.values()] }
}

/**
 * Parses a definition from anywhere.
 * @throws {DefinitionError} which names all that is wrong with it.
 */
export function parseDefinition(value: unknown): Definition {
  const reading = readDefinition(value)
  if (reading.kind === 'sound') return reading.definition
  throw new DefinitionError(
    `broken definition: ${reading.issues.map(({ text }) => text).join('; ')}`,
  )
}

type Issue = NonNullable<ReturnType<typeof definitionSchema.safeParse>['error']>['issues'][number]

/** Of a field that does not belong there, the field's own. */
function pathOf(issue: Issue): readonly PropertyKey[] {
  const [alien] = issue.code === 'unrecognized_keys' ? issue.keys : []
  return alien === undefined ? issue.path : [...issue.path, alien]
}

/** One line: path, value and what to change. */
function told(issue: Issue): string {
  return inOneLine(saying(issue))
}

/** Names of fields may have line breaks in them, and characters that a terminal takes for orders. */
function inOneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, (character) => {
    const code = character.charCodeAt(0).toString(16)
    return `\\u${code.padStart(4, '0')}`
  })
}

function saying(issue: Issue): string {
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.map((key) => [...issue.path, key].join('.'))
    return `${keys.join(', ')}: ${NO_FIELD}`
  }
  const path = issue.path.map(String).join('.') || 'definition'
  const value = valueAt(issue)
  const message =
    value === undefined && issue.code !== 'custom' ? `is missing (${issue.message})` : mend(issue)
  return `${path}${value === undefined ? '' : ` (${shorten(JSON.stringify(value))})`}: ${message}`
}

/** Of a union that is told by a `type`, the types that there are; else zod's words. */
function mend({ code, message }: Issue): string {
  const options =
    code === 'invalid_union' && /^Invalid discriminator value\. Expected (.*)$/.exec(message)
  return options ? `use one of ${options[1]?.replaceAll("'", '').replaceAll(' | ', ', ')}` : message
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
