import { arnOf } from '../../account.ts'
import { AwsError } from '../../wire/service.ts'
import type { Iam } from '../iam/index.ts'
import { type ExecutionRole, executionRole } from './execution-role.ts'
import type {
  EventInvokeConfig,
  FunctionDefinition,
  FunctionLoader,
  LoadedFunction,
} from './function.ts'

import type { FunctionPolicies } from './policy.ts'

export interface FunctionRecord {
  definition: FunctionDefinition
  readonly arn: string
  readonly createdAt: Date
  role: ExecutionRole
  readonly policies: FunctionPolicies
  eventInvoke: EventInvokeConfig
  /** Its code, loaded at the first invocation. */
  code(): LoadedFunction
  /** The code, if it was ever needed. */
  loaded(): LoadedFunction | undefined
  /** Lets go of the code, which the next invocation loads anew. */
  unload(): LoadedFunction | undefined
  invocations: number
  /** Invocations that run now, or wait for room. */
  running: number
  /** Former code that ends with the last invocation that runs now. */
  readonly retired: LoadedFunction[]
  /** Waits for room to run in; gives the way to leave it. */
  enter(): Promise<() => void>
  /** Lambda writes what it has to tell of an invocation: log and trace. */
  observe(): void
}

export interface FunctionsOptions {
  readonly loader: FunctionLoader
  readonly iam?: Iam
  /** Lines and traces that a function's role does not allow Lambda to write. */
  readonly onUnwritten: (fn: string, reason: string) => void
}

export class Functions {
  readonly #byName = new Map<string, FunctionRecord>()
  readonly #loader: FunctionLoader
  readonly #iam: Iam | undefined
  readonly #onUnwritten: (fn: string, reason: string) => void

  constructor({ loader, iam, onUnwritten }: FunctionsOptions) {
    this.#loader = loader
    this.#iam = iam
    this.#onUnwritten = onUnwritten
  }

  all(): readonly FunctionRecord[] {
    return [...this.#byName.values()]
  }

  create(definition: FunctionDefinition): FunctionRecord {
    const { name } = definition
    if (this.#byName.has(name)) {
      throw new AwsError('ResourceConflictException', `Function already exist: ${name}`, 409)
    }
    let loaded: LoadedFunction | undefined
    const load = () => {
      const { assetPath, handler, environment, timeoutSeconds, memoryMegabytes } = record.definition
      return this.#loader({
        name,
        assetPath,
        handler,
        environment,
        timeoutMs: timeoutSeconds * 1000,
        memoryMegabytes,
        ...(record.role.credentials ? { credentials: record.role.credentials } : {}),
        mayLog: () => record.role.refusesLogs() === undefined,
      })
    }
    const record: FunctionRecord = {
      definition,
      arn: arnOf('lambda', `function:${name}`),
      createdAt: new Date(),
      role: executionRole(this.#iam, definition),
      policies: new Map(),
      observe: observer(
        () => record.role,
        (reason) => this.#onUnwritten(name, reason),
      ),
      eventInvoke: {},
      code() {
        loaded ??= load()
        return loaded
      },
      loaded: () => loaded,
      unload() {
        const former = loaded
        loaded = undefined
        return former
      },
      invocations: 0,
      running: 0,
      retired: [],
      enter: room(() => record.code().concurrency ?? Number.POSITIVE_INFINITY),
    }
    this.#byName.set(name, record)
    return record
  }

  /** What runs already goes on with the former code. @throws {AwsError} */
  async update(definition: FunctionDefinition): Promise<FunctionRecord> {
    const record = this.get(definition.name)
    record.role = executionRole(this.#iam, definition)
    record.definition = definition
    await this.#retire(record)
    return record
  }

  /** @throws {AwsError} */
  async delete(name: string): Promise<void> {
    const record = this.get(name)
    this.#byName.delete(record.definition.name)
    await this.#retire(record)
  }

  /** Closes the code once nothing runs in it any more. */
  async #retire(record: FunctionRecord): Promise<void> {
    const former = record.unload()
    if (!former) return
    if (record.running === 0) await former.close()
    else record.retired.push(former)
  }

  /** By name, partial or full ARN, with or without `:$LATEST`. @throws {AwsError} */
  get(nameOrArn: string | undefined): FunctionRecord {
    const plain = (nameOrArn ?? '').replace(/:\$LATEST$/, '')
    const record = this.#byName.get(plain.split(':').at(-1) ?? '')
    if (record) return record
    const arn = plain.startsWith('arn:') ? plain : arnOf('lambda', `function:${plain}`)
    throw new AwsError('ResourceNotFoundException', `Function not found: ${arn}`, 404)
  }

  async close(): Promise<void> {
    const codes = this.all().flatMap((record) => [record.loaded() ?? [], record.retired].flat())
    await Promise.all(codes.map((code) => code.close()))
  }
}

/** Each loss is told once: it goes on until somebody mends the role. */
function observer(role: () => ExecutionRole, onUnwritten: (reason: string) => void): () => void {
  const told = new Set<string>()
  const tell = (what: string, reason: string | undefined): void => {
    if (reason === undefined || told.has(reason)) return
    told.add(reason)
    onUnwritten(`${what}: ${reason}`)
  }
  return () => {
    tell('its log', role().refusesLogs())
    tell('its traces', role().refusesTraces())
  }
}

/** Lets so many in at a time, the others in the order in which they came. */
function room(size: () => number): () => Promise<() => void> {
  const waiting: (() => void)[] = []
  let taken = 0
  const leave = (): void => {
    const next = waiting.shift()
    if (next) next()
    else taken -= 1
  }
  return async () => {
    if (taken >= size()) await new Promise<void>((resolve) => waiting.push(resolve))
    else taken += 1
    return leave
  }
}
