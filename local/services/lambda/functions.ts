import { arnOf } from '../../account.ts'
import { AwsError } from '../../wire/service.ts'
import type {
  EventInvokeConfig,
  FunctionDefinition,
  FunctionLoader,
  LoadedFunction,
} from './function.ts'

export interface FunctionRecord {
  readonly definition: FunctionDefinition
  readonly arn: string
  readonly createdAt: Date
  eventInvoke: EventInvokeConfig
  /** Its code, loaded at the first invocation. */
  code(): LoadedFunction
  /** The code, if it was ever needed. */
  loaded(): LoadedFunction | undefined
  invocations: number
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
    const { name, assetPath, handler, environment, timeoutSeconds, memoryMegabytes } = definition
    if (this.#byName.has(name)) {
      throw new AwsError('ResourceConflictException', `Function already exist: ${name}`, 409)
    }
    let loaded: LoadedFunction | undefined
    const load = () =>
      this.#loader({
        name,
        assetPath,
        handler,
        environment,
        timeoutMs: timeoutSeconds * 1000,
        memoryMegabytes,
      })
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
      invocations: 0,
      enter: room(() => record.code().concurrency ?? Number.POSITIVE_INFINITY),
    }
    this.#byName.set(name, record)
    return record
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
    await Promise.all(this.all().map((record) => record.loaded()?.close()))
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
