import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'
import { UsageError } from './errors.ts'
import type { Surroundings } from './surroundings.ts'

/** Where AWS is and as whom, as far as somebody said so; the SDK's own chain has the rest. */
export interface AwsPlace {
  readonly region?: string | undefined
  readonly profile?: string | undefined
  readonly endpoint?: string | undefined
  /** The controller's name. */
  readonly controller: string
}

/** What every client of the command is made with. */
export type AwsConfig = Pick<
  DynamoDBClientConfig,
  'region' | 'profile' | 'endpoint' | 'logger' | 'maxAttempts' | 'requestHandler'
>

/** A person waits: a call that hangs is given up after this many milliseconds and tried again. */
const TIMEOUTS = { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true }

/** Whoever gives a profile means it: the SDK would warn at length that the environment has credentials too. */
const SILENT = { debug: noWord, info: noWord, warn: noWord, error: noWord }

function noWord(): void {}

/** @throws {UsageError} for an endpoint that is no URL. */
export function awsConfig(
  { env, requestHandler }: Pick<Surroundings, 'env' | 'requestHandler'>,
  { region, profile, endpoint }: AwsPlace,
): AwsConfig {
  if (endpoint !== undefined && !/^https?:$/.test(URL.parse(endpoint)?.protocol ?? '')) {
    throw new UsageError(`--endpoint-url is "${endpoint}"; use a URL such as http://127.0.0.1:4566`)
  }
  // The SDK knows AWS_REGION; the AWS CLI, whose users these are, AWS_DEFAULT_REGION too.
  const chosen = region ?? (env.AWS_REGION || env.AWS_DEFAULT_REGION || undefined)
  return {
    ...(chosen === undefined ? {} : { region: chosen }),
    ...(profile === undefined ? {} : { profile, logger: SILENT }),
    ...(endpoint === undefined ? {} : { endpoint }),
    maxAttempts: 3,
    requestHandler: requestHandler ?? TIMEOUTS,
  }
}

/** `region us-east-1, profile shop, endpoint http://…`: what to look at where AWS said no. */
export function toldPlace(
  { region, profile, endpoint, controller }: AwsPlace,
  env: Surroundings['env'],
): string {
  const parts = [
    `region ${region ?? (env.AWS_REGION || env.AWS_DEFAULT_REGION || 'of the profile')}`,
    `profile ${profile ?? (env.AWS_PROFILE || 'default')}`,
    ...((endpoint ?? env.AWS_ENDPOINT_URL) ? [`endpoint ${endpoint ?? env.AWS_ENDPOINT_URL}`] : []),
    `controller ${controller}`,
  ]
  return parts.join(', ')
}
