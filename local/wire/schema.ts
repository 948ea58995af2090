import { NormalizedSchema } from '@smithy/core/schema'
import type { Service } from './service.ts'

export type SchemaRef = Parameters<typeof NormalizedSchema.of>[0]
export type Shape = NormalizedSchema

/** An operation as an SDK client package exports it (`ModifyRule$`). */
export interface OperationShape {
  readonly name: string
  readonly input: Shape
  readonly output: Shape
  /** Method, path with labels, status; REST protocols only. */
  readonly http: readonly [string, string, number] | undefined
}

const OPERATION = 9
const ERROR = -3

type StaticSchema = readonly [number, string, string, unknown, ...unknown[]]

const isStatic = (value: unknown, kind: number): value is StaticSchema =>
  Array.isArray(value) && value[0] === kind

const httpOf = (schema: StaticSchema): OperationShape['http'] => {
  const traits = schema[3] as { http?: [string, string, number] } | 0 | undefined
  return traits ? traits.http : undefined
}

const operationsOf = new WeakMap<object, ReadonlyMap<string, OperationShape>>()

/** Every operation that the client package knows, whether it is served here or not. */
export const allOperations = (schemas: Service['schemas']): ReadonlyMap<string, OperationShape> => {
  const known = operationsOf.get(schemas)
  if (known) return known
  const operations = new Map<string, OperationShape>()
  for (const schema of Object.values(schemas)) {
    if (!isStatic(schema, OPERATION)) continue
    operations.set(schema[2], {
      name: schema[2],
      input: NormalizedSchema.of(schema[4] as SchemaRef),
      output: NormalizedSchema.of(schema[5] as SchemaRef),
      http: httpOf(schema),
    })
  }
  operationsOf.set(schemas, operations)
  return operations
}

export interface ErrorShape {
  /** `RuleNotFoundException`, as JSON protocols say it. */
  readonly name: string
  /** `RuleNotFound`, as Query says it. */
  readonly queryCode: string
  readonly status: number | undefined
  readonly shape: Shape
}

const errorsOf = new WeakMap<object, ReadonlyMap<string, ErrorShape>>()

/** The errors of a client package, findable by the name of the shape and by the code of the Query protocol. */
export const errorShape = (schemas: Service['schemas'], code: string): ErrorShape | undefined => {
  let errors = errorsOf.get(schemas)
  if (!errors) {
    const found = new Map<string, ErrorShape>()
    for (const schema of Object.values(schemas)) {
      if (!isStatic(schema, ERROR)) continue
      const shape = NormalizedSchema.of(schema as unknown as SchemaRef)
      const traits = shape.getMergedTraits() as {
        awsQueryError?: [string, number]
        httpError?: number
      }
      const error = {
        name: schema[2],
        queryCode: traits.awsQueryError?.[0] ?? schema[2],
        status: traits.awsQueryError?.[1] ?? traits.httpError,
        shape,
      }
      found.set(error.name, error)
      if (!found.has(error.queryCode)) found.set(error.queryCode, error)
    }
    errors = found
    errorsOf.set(schemas, errors)
  }
  return errors.get(code)
}

type RawStruct = readonly [
  number,
  string,
  string,
  unknown,
  readonly string[],
  readonly unknown[],
  number?,
]

const rawStruct = (shape: Shape): RawStruct =>
  // getSchema gives the static array, of which @smithy/types keeps the layout.
  shape.getSchema() as unknown as RawStruct

/** Members that must be there. A static structure lists them first and says how many they are. */
export const requiredMembers = (shape: Shape): readonly string[] => {
  const [, , , , names, , count] = rawStruct(shape)
  return names.slice(0, count ?? 0)
}

/** The same structure with only some of its members, for bodies whose other members travel elsewhere. */
export const narrowed = (shape: Shape, keep: (member: Shape) => boolean): Shape => {
  const [kind, namespace, name, traits, names, members] = rawStruct(shape)
  const kept = names.map((_, at) => at).filter((at) => keep(shape.getMemberSchema(names[at] ?? '')))
  return NormalizedSchema.of([
    kind,
    namespace,
    name,
    traits,
    kept.map((at) => names[at]),
    kept.map((at) => members[at]),
  ] as unknown as SchemaRef)
}

/** A structure made here, e.g. the envelope that the Query protocol puts around an output. */
export const envelope = (
  name: string,
  members: Readonly<Record<string, Shape | 'string'>>,
): Shape =>
  NormalizedSchema.of([
    3,
    'local',
    name,
    0,
    Object.keys(members),
    Object.values(members).map((shape) => (shape === 'string' ? 0 : shape.ref)),
  ] as unknown as SchemaRef)
