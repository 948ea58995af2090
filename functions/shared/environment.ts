import * as z from '../../core/model/zod.ts'
import { METRICS_NAMESPACE, SERVICE } from './metric-names.ts'

/** What every function is configured by; the template sets each of these. */
export const ENVIRONMENT_VARIABLES = [
  'TABLE_NAME',
  'CANDIDATE_INDEX',
  'STATE_MACHINE_ARN',
  'EVENT_BUS_NAME',
  'ENDED_EXECUTIONS_URL',
  'FUNCTION_NAME',
  'POWERTOOLS_SERVICE_NAME',
  'POWERTOOLS_METRICS_NAMESPACE',
  'POWERTOOLS_LOG_LEVEL',
] as const

const LOG_LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'CRITICAL', 'SILENT'] as const

const nonEmpty = z.string().check(z.minLength(1))

const schema = z.object({
  TABLE_NAME: nonEmpty,
  CANDIDATE_INDEX: nonEmpty,
  STATE_MACHINE_ARN: z.string().check(z.startsWith('arn:')),
  EVENT_BUS_NAME: nonEmpty,
  ENDED_EXECUTIONS_URL: nonEmpty,
  FUNCTION_NAME: nonEmpty,
  POWERTOOLS_SERVICE_NAME: z._default(nonEmpty, SERVICE),
  POWERTOOLS_METRICS_NAMESPACE: z._default(nonEmpty, METRICS_NAMESPACE),
  POWERTOOLS_LOG_LEVEL: z._default(z.enum(LOG_LEVELS), 'INFO'),
} satisfies Record<(typeof ENVIRONMENT_VARIABLES)[number], z.ZodMiniType>)

export interface Environment {
  readonly table: string
  readonly candidateIndex: string
  readonly stateMachineArn: string
  readonly eventBus: string
  /** URL of the queue that `guard` reads. */
  readonly endedExecutions: string
  /** The function's folder: what it tells of itself where it assumes a canary's role. */
  readonly functionName: string
  readonly service: string
  readonly metricsNamespace: string
  readonly logLevel: (typeof LOG_LEVELS)[number]
}

/** @throws {TypeError} naming each variable that is missing or wrong. */
export function parseEnvironment(
  variables: Readonly<Record<string, string | undefined>>,
): Environment {
  const result = schema.safeParse(variables)
  if (!result.success) {
    const lines = result.error.issues.map(({ path, message }) => {
      const name = path.map(String).join('.')
      return `${name}=${variables[name] ?? ''}: ${message}`
    })
    throw new TypeError(`broken environment of the function, set by its stack: ${lines.join('; ')}`)
  }
  const { data } = result
  return {
    table: data.TABLE_NAME,
    candidateIndex: data.CANDIDATE_INDEX,
    stateMachineArn: data.STATE_MACHINE_ARN,
    eventBus: data.EVENT_BUS_NAME,
    endedExecutions: data.ENDED_EXECUTIONS_URL,
    functionName: data.FUNCTION_NAME,
    service: data.POWERTOOLS_SERVICE_NAME,
    metricsNamespace: data.POWERTOOLS_METRICS_NAMESPACE,
    logLevel: data.POWERTOOLS_LOG_LEVEL,
  }
}

/** Whether X-Ray samples the present invocation: the runtime sets its trace's header anew for each. */
export function isTraced(): boolean {
  return process.env._X_AMZN_TRACE_ID?.includes('Sampled=1') ?? false
}
