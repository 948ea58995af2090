import type { RefusalCodes } from '../refusal.ts'
import type { ErrorShape, OperationShape } from '../schema.ts'
import type { AwsError, WireRequest, WireResponse } from '../service.ts'

export interface Answering {
  readonly service: string
  readonly requestId: string
}

/** One way of writing AWS requests and answers down; every operation goes through it by its schema. */
export interface Protocol {
  readonly unknownOperation: string
  readonly malformed: string
  readonly refusals: RefusalCodes
  /** @throws {MalformedInput} where the request does not fit the operation's input. */
  decode(operation: OperationShape, request: WireRequest): unknown
  encode(operation: OperationShape, output: object, answering: Answering): WireResponse
  encodeError(error: AwsError, shape: ErrorShape | undefined, answering: Answering): WireResponse
}

const messageMember = (shape: ErrorShape | undefined): string =>
  shape && Object.hasOwn(shape.shape.getMemberSchemas(), 'Message') ? 'Message' : 'message'

/** The error's members with its text under the name that its shape gives it. */
export const errorMembers = (
  error: AwsError,
  shape: ErrorShape | undefined,
): Record<string, unknown> => ({ ...error.fields, [messageMember(shape)]: error.message })
