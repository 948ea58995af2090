import { randomUUID } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { accessKeyOf, type Requirement } from './authorization.ts'
import { type Destination, destinationOf } from './destination.ts'
import { checkDocument, checkRequired, checkSupported, MalformedInput } from './input-check.ts'
import { matchRoute } from './protocols/rest-route.ts'
import { inProtocol } from './refusal.ts'
import { allOperations, errorShape, type OperationShape, type Shape } from './schema.ts'
import {
  type AnyService,
  AwsError,
  type Call,
  isRaw,
  type Operation,
  type Service,
  type WireRequest,
  type WireResponse,
} from './service.ts'

export interface Endpoint {
  handle(request: WireRequest): Promise<WireResponse>
  /**
   * An operation called by local AWS itself, with the members of its input checked as those of a request.
   * @throws {AwsError}
   */
  call<Output extends object>(service: string, operation: string, input: object): Promise<Output>
  /** Of an operation that is served here. */
  inputShape(service: string, operation: string): Shape
}

export interface Intercepted {
  readonly service: string
  readonly operation: string
  readonly input: unknown
}

export interface EndpointOptions {
  /** Stands around every operation: may throw an AwsError before `next` (no effect) or after it (the answer is lost). */
  readonly intercept?: (call: Intercepted, next: () => Promise<object>) => Promise<object>
  /**
   * Asked before an operation runs: whether who signed the request may do what it needs. Without it everybody may
   * everything. @throws {AwsError}
   */
  readonly authorize?: (
    accessKeyId: string | undefined,
    requirements: () => readonly Requirement[],
  ) => void
  /** Hears of every error that is not AWS's: a fault of local AWS itself. */
  readonly onFault?: (fault: { service: string; operation: string; error: unknown }) => void
}

const NO_SERVICE: Service['schemas'] = {}

const operationOf = (
  service: Service,
  request: WireRequest,
  destination: Destination,
): OperationShape => {
  const known = allOperations(service.schemas)
  const operation =
    destination.operation === undefined
      ? matchRoute(known, request.method, request.path, request.query)
      : known.get(destination.operation)
  const asked = operation?.name ?? destination.operation ?? `${request.method} ${request.path}`
  if (!operation || !Object.hasOwn(service.operations, operation.name)) {
    throw new AwsError(
      destination.protocol.unknownOperation,
      `local AWS does not have ${service.name}:${asked}`,
    )
  }
  return operation
}

/** Whoever forgets an operation here has it allowed to nobody but the administrator. */
const requirementsOf = (service: Service, operation: string, input: unknown) => {
  const needs = service.authorization?.[operation] as
    | ((given: unknown) => readonly Requirement[])
    | undefined
  if (needs) return needs(input)
  throw new Error(`nobody said which permissions ${service.name}:${operation} needs`)
}

/** Clients compress what is large, metrics above all. */
const unzipped = (request: WireRequest): WireRequest => {
  if (request.headers['content-encoding'] !== 'gzip') return request
  try {
    return { ...request, body: gunzipSync(request.body) }
  } catch (error) {
    throw new MalformedInput(`the request body is no gzip: ${(error as Error).message}`)
  }
}

/** The one address of local AWS: tells services and protocols apart by what the request says. */
export const createEndpoint = (
  services: readonly AnyService[],
  options: EndpointOptions = {},
): Endpoint => {
  const byName = new Map(services.map((service) => [service.name, service]))
  const onFault =
    options.onFault ??
    (({ service, operation, error }) =>
      console.error(`local ${service}:${operation} broke:`, error))

  const run = async (
    service: Service,
    shape: OperationShape,
    input: unknown,
    call: Call,
  ): Promise<object> => {
    const operation = service.operations[shape.name] as Operation<unknown>
    const next = async () => operation(input, call)
    return options.intercept
      ? options.intercept({ service: service.name, operation: shape.name, input }, next)
      : next()
  }

  const serve = async (
    service: Service,
    request: WireRequest,
    destination: Destination,
    requestId: string,
  ): Promise<WireResponse> => {
    const { protocol } = destination
    const shape = operationOf(service, request, destination)
    const input = protocol.decode(shape, unzipped(request))
    checkRequired(service.name, shape.input, input)
    const supported = service.supports?.[shape.name]
    if (supported) checkSupported(service.name, shape.name, supported, input)
    const accessKeyId = accessKeyOf(request)
    options.authorize?.(accessKeyId, () => requirementsOf(service, shape.name, input))
    const output = await run(service, shape, input, { requestId, accessKeyId, request })
    return protocol.encode(shape, output, { service: service.name, requestId })
  }

  const find = (name: string, operation: string) => {
    const service = byName.get(name)
    const shape = service && !isRaw(service) && allOperations(service.schemas).get(operation)
    if (shape && Object.hasOwn(service.operations, operation)) return { service, shape }
    throw new Error(`local AWS does not have ${name}:${operation}`)
  }

  /** Through JSON, as a request would be: members that are undefined are not there. */
  const call = async (name: string, operation: string, given: object): Promise<object> => {
    const { service, shape } = find(name, operation)
    const input: unknown = JSON.parse(JSON.stringify(given))
    checkDocument(shape.input, input)
    checkRequired(name, shape.input, input)
    const supported = service.supports?.[operation]
    if (supported) checkSupported(name, operation, supported, input)
    return run(service, shape, input, { requestId: randomUUID() })
  }

  const asAwsError = (error: unknown, destination: Destination): AwsError => {
    if (error instanceof AwsError) return error
    if (error instanceof MalformedInput) {
      return new AwsError(destination.protocol.malformed, error.message)
    }
    onFault({
      service: destination.service ?? 'endpoint',
      operation: destination.operation ?? 'request',
      error,
    })
    return new AwsError('InternalFailure', `local AWS broke: ${(error as Error).message}`, 500)
  }

  return {
    call: call as Endpoint['call'],
    inputShape: (service, operation) => find(service, operation).shape.input,
    async handle(request) {
      const requestId = randomUUID()
      const destination = destinationOf(request)
      const service = byName.get(destination.service ?? '')
      try {
        if (!service) {
          throw new AwsError(
            destination.protocol.unknownOperation,
            `local AWS does not have the service of this request: ${request.method} ${request.path} ${
              request.headers['x-amz-target'] ?? destination.operation ?? ''
            }`.trim(),
          )
        }
        if (isRaw(service)) {
          options.authorize?.(accessKeyOf(request), () => service.requirements(request))
          return await service.handle(request)
        }
        return await serve(service, request, destination, requestId)
      } catch (error) {
        const told = inProtocol(asAwsError(error, destination), destination.protocol.refusals)
        const schemas = service && !isRaw(service) ? service.schemas : NO_SERVICE
        return destination.protocol.encodeError(told, errorShape(schemas, told.code), {
          service: destination.service ?? '',
          requestId,
        })
      }
    },
  }
}
