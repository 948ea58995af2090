import { REGION } from './account.ts'
import { LOG_STREAM } from './services/lambda/execution-role.ts'
import type { FunctionLoader } from './services/lambda/index.ts'

/**
 * What Lambda sets in a function's environment beside the template's variables, and the one thing that is local:
 * where AWS is. https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 * @throws an Error where local AWS does not listen, so that no function can reach it.
 */
export function lambdaEnvironment(
  fn: Parameters<FunctionLoader>[0],
  url: string | undefined,
): Readonly<Record<string, string>> {
  if (!url) {
    throw new Error(`${fn.name} has no AWS to talk to: call listen() before functions are invoked`)
  }
  return {
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: fn.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(fn.memoryMegabytes),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${fn.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: LOG_STREAM,
    // Local AWS looks at no signature, but at whose key it is.
    AWS_ACCESS_KEY_ID: fn.credentials?.accessKeyId ?? 'local',
    AWS_SECRET_ACCESS_KEY: fn.credentials?.secretAccessKey ?? 'local',
    AWS_SESSION_TOKEN: fn.credentials?.sessionToken ?? 'local',
    AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
    AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1:2000',
    LAMBDA_TASK_ROOT: fn.assetPath,
    TZ: ':UTC',
    _HANDLER: fn.handler,
    AWS_ENDPOINT_URL: url,
  }
}
