import { AwsError } from './service.ts'

/**
 * A request that policies do not allow, in the words of AWS.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export class AccessDenied extends AwsError {
  constructor(message: string) {
    super('AccessDeniedException', message)
  }
}

/** A request signed with temporary credentials whose time is over. */
export class ExpiredToken extends AwsError {
  constructor() {
    super('ExpiredTokenException', 'The security token included in the request is expired')
  }
}

/** How a protocol's services call these two. */
export interface RefusalCodes {
  readonly accessDenied: string
  readonly expiredToken: string
  readonly status: number
}

export const JSON_REFUSALS: RefusalCodes = {
  accessDenied: 'AccessDeniedException',
  expiredToken: 'ExpiredTokenException',
  status: 400,
}

export const XML_REFUSALS: RefusalCodes = {
  accessDenied: 'AccessDenied',
  expiredToken: 'ExpiredToken',
  status: 403,
}

/** The error as it leaves in a protocol; any other error as it is. */
export function inProtocol(error: AwsError, codes: RefusalCodes): AwsError {
  if (error instanceof AccessDenied) {
    return new AwsError(codes.accessDenied, error.message, codes.status)
  }
  if (error instanceof ExpiredToken) {
    return new AwsError(codes.expiredToken, error.message, codes.status)
  }
  return error
}
