/**
 * What the SDK's clients are in a function's bundle: the SDK's own middleware, one after the other, for an environment
 * that is known. Left out is what finds out at run time what is settled here: which files, profiles, credential
 * providers, signature versions and retry modes there are, and in which order middleware comes. Serializers, endpoints,
 * retries, signatures with their correction of clocks, and the HTTP handler are the SDK's.
 */
import { getHostHeaderPlugin, getRecursionDetectionPlugin } from '@aws-sdk/core/client'
import { AwsSdkSigV4Signer } from '@aws-sdk/core/httpAuthSchemes'
import { getContentLengthPlugin } from '@smithy/core/protocols'
import { getRetryPlugin, StandardRetryStrategy } from '@smithy/core/retry'
import { getSchemaSerdePlugin } from '@smithy/core/schema'
import { calculateBodyLength } from '@smithy/core/serde'
import { NodeHttpHandler, streamCollector } from '@smithy/node-http-handler'
import { SignatureV4 } from '@smithy/signature-v4'

interface Request {
  headers: Record<string, string>
}

interface Args {
  readonly input: object
  readonly request?: Request
}

interface Answer {
  readonly response: object
  readonly output: object
}

type Handler = (args: Args) => Promise<Answer>
type Middleware = (next: Handler, context: Context) => Handler

/** Where the SDK's plugins put their middleware. Here each has its place by the order in which it is asked. */
interface Plugin {
  applyToStack(stack: { add(middleware: Middleware): void }): void
}

interface AuthScheme {
  readonly name: string
  readonly signingName?: string
  readonly signingRegion?: string
}

interface Endpoint {
  readonly url: URL
  readonly properties?: { readonly authSchemes?: readonly AuthScheme[] }
}

/** What goes with one request from middleware to middleware, under the names of the SDK. */
interface Context {
  readonly endpointV2: Endpoint
  readonly authSchemes: readonly AuthScheme[] | undefined
  readonly __smithy_context: {
    readonly operationSchema: object
    readonly abortSignal?: AbortSignal
  }
}

type Protocol = object
type ProtocolClass = new (settings: object) => Protocol

/** What the SDK generates for each service: `runtimeConfig.shared.js`. */
interface Shared {
  readonly serviceId: string
  readonly protocol: ProtocolClass | Protocol
  readonly protocolSettings: object
  readonly endpointProvider: (parameters: object) => Endpoint
  readonly sha256: unknown
}

interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

export interface LeanClientConfig {
  readonly credentials?: Credentials | (() => Promise<Credentials>)
  readonly maxAttempts?: number
  readonly retryStrategy?: StandardRetryStrategy
  readonly region?: string
  readonly endpoint?: string
  readonly requestHandler?: ConstructorParameters<typeof NodeHttpHandler>[0]
}

/** As the stand-in in `never-run.ts` makes it of what the SDK generates. */
interface Command {
  readonly input: object
  readonly schema: object
  readonly plugins: (command: undefined, stack: undefined, config: object) => readonly Plugin[]
}

interface SendOptions {
  readonly abortSignal?: AbortSignal
}

/** Of a service whose requests are signed for `signingName`. */
export interface Service {
  readonly signingName: string
  readonly version: string
}

export class LeanClient {
  readonly config: ReturnType<typeof configOf>

  constructor(shared: Shared, config: LeanClientConfig, service: Service) {
    this.config = configOf(shared, config, service)
  }

  async send(command: Command, options: SendOptions = {}): Promise<object> {
    const { config } = this
    const endpoint = config.endpointProvider(config.endpointParameters)
    const context: Context = {
      endpointV2: endpoint,
      authSchemes: endpoint.properties?.authSchemes,
      __smithy_context: { operationSchema: command.schema, ...options },
    }
    const [serialize, deserialize] = middlewareOf(config.serde)
    const chain = [
      ...command.plugins(undefined, undefined, config).flatMap(middlewareOf),
      serialize,
      ...[config.contentLength, config.hostHeader, config.trace].flatMap(middlewareOf),
      userAgent(config.userAgent),
      ...middlewareOf(config.retry),
      signing(config),
      deserialize,
    ]
    const carry = async ({ request }: Args) => {
      const { response } = await config.requestHandler.handle(request as never, options)
      return { response, output: {} }
    }
    const handler = chain.reduceRight<Handler>(
      (next, middleware) => middleware?.(next, context) ?? next,
      carry,
    )
    const { output } = await handler({ input: command.input })
    return output
  }

  destroy(): void {
    this.config.requestHandler.destroy()
  }
}

function configOf(shared: Shared, given: LeanClientConfig, { signingName, version }: Service) {
  const { env } = process
  const region = given.region ?? inEnvironment('AWS_REGION')
  const maxAttempts = given.maxAttempts ?? Number(env.AWS_MAX_ATTEMPTS ?? 3)
  const { protocol: Protocol } = shared
  const protocol =
    typeof Protocol === 'function'
      ? new (Protocol as ProtocolClass)(shared.protocolSettings)
      : Protocol
  const base = {
    ...shared,
    protocol,
    region: async () => region,
    credentials: credentialsOf(given.credentials),
    requestHandler: NodeHttpHandler.create(given.requestHandler ?? {}) as NodeHttpHandler,
    bodyLengthChecker: calculateBodyLength,
    streamCollector,
    maxAttempts: async () => maxAttempts,
    retryStrategy: async () => strategy,
    systemClockOffset: 0,
    signer: async (scheme?: AuthScheme) =>
      new SignatureV4({
        credentials: base.credentials,
        region: scheme?.signingRegion ?? region,
        service: scheme?.signingName ?? signingName,
        sha256: shared.sha256 as never,
      }),
    endpointParameters: {
      Endpoint: given.endpoint ?? endpointInEnvironment(shared.serviceId),
      Region: region,
      UseFIPS: env.AWS_USE_FIPS_ENDPOINT === 'true',
      UseDualStack: env.AWS_USE_DUALSTACK_ENDPOINT === 'true',
      // Of STS and of DynamoDB: the region's own endpoint, whosever account it is.
      UseGlobalEndpoint: false,
      AccountIdEndpointMode: 'disabled',
    },
    userAgent: `aws-sdk-js/${version} lang/js md/nodejs#${process.versions.node} exec-env/${env.AWS_EXECUTION_ENV ?? 'none'}`,
  }
  const strategy = given.retryStrategy ?? new StandardRetryStrategy({ maxAttempts })
  // The SDK's types ask for all that a client of the SDK has; at run time these need what is above.
  return {
    ...base,
    serde: pluginOf(getSchemaSerdePlugin, base),
    contentLength: pluginOf(getContentLengthPlugin, base),
    hostHeader: pluginOf(getHostHeaderPlugin, base),
    trace: pluginOf(getRecursionDetectionPlugin, base),
    retry: pluginOf(getRetryPlugin, base),
  }
}

function pluginOf(getPlugin: (config: never) => object, config: object): Plugin {
  return getPlugin(config as never) as Plugin
}

function middlewareOf(plugin: Plugin): readonly Middleware[] {
  const found: Middleware[] = []
  plugin.applyToStack({ add: (middleware) => found.push(middleware) })
  return found
}

const userAgent =
  (text: string): Middleware =>
  (next) =>
  (args) => {
    const { request } = args
    if (request) {
      request.headers['user-agent'] = text
      request.headers['x-amz-user-agent'] = text
    }
    return next(args)
  }

const signer = new AwsSdkSigV4Signer()

/** Each attempt is signed anew: for its time, and with the clock's error as the last answer showed it. */
const signing =
  (config: object): Middleware =>
  (next, context) =>
  async (args) => {
    const scheme = context.authSchemes?.find(({ name }) => name === 'sigv4')
    const properties = { config, context, ...scheme }
    const request = await signer.sign(args.request as never, {} as never, properties)
    try {
      const answer = await next({ ...args, request })
      signer.successHandler(answer.response as never, properties)
      return answer
    } catch (error) {
      return signer.errorHandler(properties)(error as Error)
    }
  }

function credentialsOf(given: LeanClientConfig['credentials']): () => Promise<Credentials> {
  if (typeof given === 'function') return given
  return async () =>
    given ?? {
      accessKeyId: inEnvironment('AWS_ACCESS_KEY_ID'),
      secretAccessKey: inEnvironment('AWS_SECRET_ACCESS_KEY'),
      ...(process.env.AWS_SESSION_TOKEN ? { sessionToken: process.env.AWS_SESSION_TOKEN } : {}),
    }
}

/** As the SDK reads it: https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html */
function endpointInEnvironment(serviceId: string): string | undefined {
  const { env } = process
  const ofService = `AWS_ENDPOINT_URL_${serviceId.replaceAll(' ', '_').toUpperCase()}`
  return env[ofService] || env.AWS_ENDPOINT_URL || undefined
}

function inEnvironment(name: string): string {
  const value = process.env[name]
  if (value) return value
  throw new Error(`${name} is not in the environment; Lambda sets it in every function's`)
}
