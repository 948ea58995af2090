import { arnOf } from '../../account.ts'
import { AwsError } from '../../wire/service.ts'
import type {
  EventInvokeConfig,
  FunctionDefinition,
  FunctionLoader,
  LoadedFunction,
} from './function.ts'

export interface FunctionRecord {
  definition: FunctionDefinition
  readonly arn: string
  readonly createdAt: Date
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
}

export class Functions {
  readonly #byName = new Map<string, FunctionRecord>()
  readonly #loader: FunctionLoader

  constructor(loader: FunctionLoader) {
    this.#loader = loader
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
      })
    }
    const record: FunctionRecord = {
      definition,
      arn: arnOf('lambda', `function:${name}`),
      createdAt: new Date(),
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
