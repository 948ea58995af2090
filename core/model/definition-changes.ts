import { sameValue } from './same-value.ts'

/** One difference between two definitions as they are written. */
export type DefinitionChange =
  | { readonly kind: 'added'; readonly path: string; readonly after: unknown }
  | { readonly kind: 'removed'; readonly path: string; readonly before: unknown }
  | {
      readonly kind: 'changed'
      readonly path: string
      readonly before: unknown
      readonly after: unknown
    }

/**
 * What differs, by path, in the order of the definition before: of objects their fields, of lists their entries. A
 * field of which one side has a list or an object and the other one something else is told whole.
 */
export function definitionChanges(before: unknown, after: unknown): DefinitionChange[] {
  return changesAt([], before, after)
}

function changesAt(path: readonly string[], before: unknown, after: unknown): DefinitionChange[] {
  if (sameValue(before, after)) return []
  const told = path.join('.') || 'definition'
  if (before === undefined) return [{ kind: 'added', path: told, after }]
  if (after === undefined) return [{ kind: 'removed', path: told, before }]
  const [old, young] = [fieldsOf(before), fieldsOf(after)]
  const alike = Array.isArray(before) === Array.isArray(after)
  if (!old || !young || !alike) return [{ kind: 'changed', path: told, before, after }]
  const keys = [...new Set([...Object.keys(old), ...Object.keys(young)])]
  return keys.flatMap((key) => changesAt([...path, key], old[key], young[key]))
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null ? { ...value } : undefined
}
