import type { LocalAws } from '../../../local/aws.ts'
import type { FunctionLoader, InvocationContext } from '../../../local/services/lambda/index.ts'

export type TestHandler = (payload: unknown, context: InvocationContext) => unknown

/** A loader whose functions are plain handlers, by the function's name. */
export function handlersAsFunctions(
  handlers: Readonly<Record<string, TestHandler>>,
): FunctionLoader {
  return (fn) => ({
    invoke: async (payload, context) => {
      const handler = handlers[fn.name]
      if (!handler) throw new Error(`the test has no handler ${fn.name}`)
      return handler(payload, context)
    },
    close: async () => undefined,
  })
}

export const definitionOf = (name: string, timeoutSeconds = 30) => ({
  name,
  assetPath: '/nowhere',
  handler: 'index.handler',
  runtime: 'nodejs24.x',
  architecture: 'arm64',
  environment: {},
  timeoutSeconds,
  memoryMegabytes: 128,
})

export function failure(name: string, message: string): Error {
  const error = new Error(message)
  error.name = name
  return error
}

/** The role that these tests give to state machines: they may invoke every function. */
export const MACHINE_ROLE = 'arn:aws:iam::123456789012:role/machine'

export function createMachineRole({ iam }: Pick<LocalAws, 'iam'>): void {
  const Effect = 'Allow'
  iam.state.putRole({
    name: 'machine',
    trust: {
      Statement: [
        { Effect, Action: 'sts:AssumeRole', Principal: { Service: 'states.amazonaws.com' } },
      ],
    },
    inline: { Invoke: { Statement: [{ Effect, Action: 'lambda:InvokeFunction', Resource: '*' }] } },
  })
}
