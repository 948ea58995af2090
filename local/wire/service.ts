import type { Authorization, Requirement } from './authorization.ts'

/** A request as every protocol here sees it, whether it came over a socket or from a client in this process. */
export interface WireRequest {
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string | string[]>>
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

export interface WireResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | string
}

/** What an operation throws to answer with an error of AWS: it leaves in the form of the request's protocol. */
export class AwsError extends Error {
  /** As the service's API names it, e.g. `NoSuchHostedZone` or `RuleNotFoundException`. */
  readonly code: string
  /** HTTP status, unless the service's schema says otherwise. */
  readonly status: number
  /** Further members of the error's shape, e.g. the `messages` of InvalidChangeBatch. */
  readonly fields: Readonly<Record<string, unknown>>

  constructor(
    code: string,
    message: string,
    status = 400,
    fields: Readonly<Record<string, unknown>> = {},
  ) {
    super(message)
    this.code = code
    this.status = status
    this.fields = fields
  }

  override get name(): string {
    return this.code
  }
}

export interface Call {
  readonly requestId: string
  /** What the request is signed with. */
  readonly accessKeyId?: string | undefined
  /** As it came; absent where local AWS itself calls. */
  readonly request?: WireRequest
}

/** `I` and `O` are the input and output shapes of the SDK's client, already decoded and not yet encoded. */
export type Operation<I = never, O = object> = (input: I, call: Call) => Promise<O> | O

export interface Service {
  readonly name:
    | 'ecs'
    | 'autoscaling'
    | 'elbv2'
    | 'route53'
    | 'cloudwatch'
    | 'sns'
    | 'sqs'
    | 'eventbridge'
    | 'lambda'
    | 'stepfunctions'
    | 'dynamodb'
    | 'sts'
    | 'iam'
    | 'cloudformation'
  /** The namespace of the SDK's client package, which exports `ModifyRule$` and its kind. */
  readonly schemas: Readonly<Record<string, unknown>>
  /** By the operation's name, e.g. `ModifyRule`. */
  readonly operations: Readonly<Record<string, Operation>>
  /**
   * Input members that an operation takes, where it does not take all of the schema's. Any other one is refused:
   * an answer that ignored it would pretend. A nested member is named by a path, `Actions.ForwardConfig`.
   */
  readonly supports?: Readonly<Record<string, readonly string[]>>
  /** What whoever asks has to be allowed; of every operation. */
  readonly authorization?: Authorization
}

/** A service that reads and answers HTTP itself. */
export interface RawService {
  readonly name: string
  /** What whoever asks has to be allowed. @throws {Error} for an operation of which that is not known. */
  requirements(request: WireRequest): readonly Requirement[]
  handle(request: WireRequest): Promise<WireResponse>
}

export type AnyService = Service | RawService

export const isRaw = (service: AnyService): service is RawService => 'handle' in service
