import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import { type Definition, readDefinition } from '../core/model/definition.ts'

/** A place in a file, both counted from 1. */
export interface Place {
  readonly line: number
  readonly column: number
}

/** Something that is wrong with a file, and where. */
export interface FileIssue extends Place {
  /** One line: path, value and what to change. */
  readonly text: string
}

export type FileReading =
  | {
      readonly kind: 'sound'
      /** As it is written, without `$schema`: what the table gets. */
      readonly written: Readonly<Record<string, unknown>>
      readonly definition: Definition
    }
  | { readonly kind: 'broken'; readonly issues: readonly FileIssue[] }

/**
 * Reads a definition's file, YAML or JSON (which YAML 1.2 includes), with the schema that the controller reads it with.
 * `$schema` is for editors alone.
 */
export function readDefinitionFile(text: string): FileReading {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true })
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  // A tag that nobody knows is only a warning to the library, and its value another one than was meant.
  const faults = [...document.errors, ...document.warnings]
  if (faults.length > 0) return broken(faults.map((one) => ({ ...at(one.pos[0]), ...told(one) })))
  const root = document.contents
  if (!isMap(root)) {
    const what = root === null ? 'is empty' : 'holds no definition'
    return broken([{ line: 1, column: 1, text: `the file ${what}; begin it with "canary: NAME"` }])
  }
  let value: Readonly<Record<string, unknown>>
  try {
    value = document.toJS({ maxAliasCount: 100 })
  } catch (error) {
    // An alias of nothing, or so many that they would fill the memory.
    return broken([{ line: 1, column: 1, text: (error as Error).message }])
  }
  const { $schema: _, ...written } = value
  const reading = readDefinition(written)
  if (reading.kind === 'sound') return { kind: 'sound', written, definition: reading.definition }
  return broken(
    reading.issues.map(({ path, text }) => ({ ...at(offsetOf(document, root, path)), text })),
  )
}

const broken = (issues: readonly FileIssue[]): FileReading => ({ kind: 'broken', issues })

function told({ code, message }: { readonly code: string; readonly message: string }) {
  const mend = code === 'MULTIPLE_DOCS' ? 'a file holds one definition; split it' : message
  return { text: mend.charAt(0).toLowerCase() + mend.slice(1) }
}

/** Where the field of a path stands, or, of one that is missing, the field that it should stand in. */
function offsetOf(
  document: ReturnType<typeof parseDocument>,
  root: Node,
  path: readonly PropertyKey[],
): number {
  let node: unknown = root
  let offset = root.range?.[0] ?? 0
  for (const key of path) {
    if (isAlias(node)) node = node.resolve(document)
    if (isMap(node)) {
      const pair = node.items.find((one) => isScalar(one.key) && String(one.key.value) === key)
      if (!pair) return offset
      offset = isScalar(pair.key) ? (pair.key.range?.[0] ?? offset) : offset
      node = pair.value
    } else if (isSeq(node)) {
      const item: unknown = node.items[Number(key)]
      if (item === undefined) return offset
      offset = (item as Node).range?.[0] ?? offset
      node = item
    } else return offset
  }
  return offset
}
