import type { Context } from 'aws-lambda'
import { vi } from 'vitest'
import type { Ports, Reach } from '../../../core/ports.ts'
import type { Container } from '../../../functions/shared/container.ts'
import { parseEnvironment } from '../../../functions/shared/environment.ts'
import { createWatch } from '../../../functions/shared/watch.ts'

export const STATE_MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:sluice'

export const ENVIRONMENT = {
  TABLE_NAME: 'records',
  CANDIDATE_INDEX: 'ByCandidate',
  STATE_MACHINE_ARN: STATE_MACHINE,
  EVENT_BUS_NAME: 'default',
  ENDED_EXECUTIONS_URL: 'https://sqs.us-east-1.amazonaws.com/123456789012/ended',
  FUNCTION_NAME: 'test',
  POWERTOOLS_LOG_LEVEL: 'INFO',
}

type Stubs = { readonly [Name in keyof Stubbed]?: Partial<Stubbed[Name]> }
type Stubbed = Omit<Ports, 'reachOf'> & Reach

/** A container whose ports answer what is given; any other call fails the test by what it says. */
export function stubContainer(stubs: Stubs = {}): Container {
  const environment = parseEnvironment(ENVIRONMENT)
  const port = (name: keyof Stubbed) =>
    new Proxy(stubs[name] ?? {}, {
      get(stub, method) {
        if (method in stub) return Reflect.get(stub, method)
        return () => {
          throw new Error(`unexpected call of ${name}.${String(method)}`)
        }
      },
    })
  const named = (...names: (keyof Stubbed)[]) =>
    Object.fromEntries(names.map((name) => [name, port(name)]))
  const reach = named('services', 'targetGroups', 'alarms', 'metrics')
  const ports = { ...named('store', 'workflows', 'reminders', 'notices'), reachOf: () => reach }
  const clock = { now: () => Date.UTC(2026, 10, 20) }
  return { clock, ...ports, environment, watch: createWatch(environment) } as unknown as Container
}

/** Of what a function printed, the lines that are no metrics. */
export function logged(lines: readonly Record<string, unknown>[]) {
  return lines.filter((line) => !('_aws' in line))
}

/** Takes what a function prints, a JSON document a line. Call it before the container is made. */
export function printed(): Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = []
  const take = (chunk: unknown): boolean => {
    for (const line of String(chunk).split('\n').filter(Boolean)) lines.push(JSON.parse(line))
    return true
  }
  vi.spyOn(process.stdout, 'write').mockImplementation(take)
  vi.spyOn(process.stderr, 'write').mockImplementation(take)
  return lines
}

export const CONTEXT: Context = {
  functionName: 'sluice-test',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:sluice-test',
  memoryLimitInMB: '512',
  awsRequestId: 'request-1',
  logGroupName: '/aws/lambda/sluice-test',
  logStreamName: 'test',
  callbackWaitsForEmptyEventLoop: false,
  getRemainingTimeInMillis: () => 30_000,
  done: () => undefined,
  fail: () => undefined,
  succeed: () => undefined,
}
