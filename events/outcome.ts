import type * as z from './zod.ts'

/** What became of an event: read, or not for us, with a reason that names the field. Never an exception. */
export type Parsed<Value> =
  | { readonly kind: 'parsed'; readonly value: Value }
  | { readonly kind: 'ignored'; readonly reason: string }

export function parsed<Value>(value: Value): Parsed<Value> {
  return { kind: 'parsed', value }
}

export function ignored(reason: string): { readonly kind: 'ignored'; readonly reason: string } {
  return { kind: 'ignored', reason }
}

/** Reads with a schema; the first issue becomes the reason: `detail.group: expected string, received undefined`. */
export function read<Schema extends z.ZodMiniType>(
  schema: Schema,
  event: unknown,
  what: string,
): Parsed<z.output<Schema>> {
  const result = schema.safeParse(event)
  if (result.success) return parsed(result.data)
  const [issue] = result.error.issues
  const path = issue?.path.map(String).join('.') || 'the whole'
  return ignored(`no ${what}: ${path}: ${issue?.message ?? 'does not fit'}`)
}
