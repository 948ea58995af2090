import { isNamed } from '../adapters/aws-errors.ts'
import { SluiceError, TransientError } from '../core/errors.ts'
import { CancelledError } from './asker.ts'
import { type AwsPlace, toldPlace } from './aws-place.ts'
import { NoControllerError } from './controller.ts'
import { RefusedError, UsageError } from './errors.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import type { Surroundings } from './surroundings.ts'

export interface ToldError {
  readonly exit: ExitCode
  /** Stable, for machines: `usage`, `refused`, `aws`, `fault`. */
  readonly code: 'usage' | 'refused' | 'aws' | 'fault'
  readonly message: string
  /** Where AWS was looked for; what to try. */
  readonly hints: readonly string[]
}

/** What a person is told of whatever a command threw. */
export function tellError(error: unknown, place: AwsPlace, env: Surroundings['env']): ToldError {
  if (error instanceof UsageError) {
    return { exit: EXIT.usage, code: 'usage', message: error.message, hints: [] }
  }
  if (error instanceof RefusedError) {
    return { exit: EXIT.refused, code: 'refused', message: error.message, hints: [] }
  }
  if (error instanceof CancelledError) {
    return { exit: EXIT.interrupted, code: 'refused', message: error.message, hints: [] }
  }
  const where = `looked at: ${toldPlace(place, env)}`
  if (error instanceof NoControllerError) {
    return { exit: EXIT.aws, code: 'aws', message: error.message, hints: [where] }
  }
  if (error instanceof TransientError) {
    return { exit: EXIT.aws, code: 'aws', message: error.message, hints: [where] }
  }
  if (error instanceof SluiceError) {
    return { exit: EXIT.refused, code: 'refused', message: error.message, hints: [] }
  }
  if (error instanceof Error && isAboutAws(error)) {
    const hints = [...mendOf(error, place.profile ?? (env.AWS_PROFILE || undefined)), where]
    return { exit: EXIT.aws, code: 'aws', message: `${error.name}: ${error.message}`, hints }
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return {
    exit: EXIT.fault,
    code: 'fault',
    message: `this is a fault of sluice itself: ${message}`,
    hints: [],
  }
}

/** The SDK's errors: answers of services, and what its clients say before they have asked one. */
function isAboutAws(error: Error): boolean {
  return (
    '$metadata' in error ||
    error.name.includes('Credentials') ||
    error.name.includes('TokenProvider') ||
    isAboutRegion(error) ||
    isNamed(error, 'ERR_INVALID_URL', 'InvalidEndpoint')
  )
}

function isAboutRegion(error: Error): boolean {
  return /region (is missing|not accepted)/i.test(error.message)
}

const TOKENS = [
  'UnrecognizedClientException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'ExpiredToken',
  'ExpiredTokenException',
  'AuthFailure',
] as const

function mendOf(error: Error, profile: string | undefined): string[] {
  if (isAboutRegion(error)) return ['give --region, or set AWS_REGION']
  if (isNamed(error, ...TOKENS)) {
    return ['the credentials are not valid here, or have expired: sign in again, or give --profile']
  }
  if (error.name.includes('Credentials') || error.name.includes('TokenProvider')) {
    if (profile !== undefined) {
      return [
        `is the profile "${profile}" in ~/.aws/config, with credentials that are valid? aws sts get-caller-identity --profile ${profile} tells`,
      ]
    }
    return [
      'sign in (aws sso login, aws login), give --profile, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
    ]
  }
  if (isNamed(error, 'AccessDeniedException', 'AccessDenied')) {
    return ['docs/cli.md lists what each command may have to be allowed']
  }
  return []
}
