import { InvokeCommand, type InvokeCommandOutput, type LambdaClient } from '@aws-sdk/client-lambda'
import { ProviderError } from '../core/errors.ts'
import type { LambdaAnswer, Lambdas } from '../core/ports.ts'
import { answered, described, isNamed } from './aws-errors.ts'

/** Invokes functions of the canary's team. @param lambda tries once: whether to ask again is the caller's to say. */
export function createLambdas(lambda: LambdaClient): Lambdas {
  return {
    async invoke(functionArn, payload, timeoutMs) {
      const abort = new AbortController()
      const late = Promise.withResolvers<LambdaAnswer>()
      const timer = setTimeout(() => {
        abort.abort()
        late.resolve({ kind: 'failed', reason: `did not answer within ${timeoutMs / 1000} s` })
      }, timeoutMs)
      try {
        const command = new InvokeCommand({
          FunctionName: functionArn,
          Payload: new TextEncoder().encode(JSON.stringify(payload)),
        })
        const sent = lambda.send(command, { abortSignal: abort.signal })
        const answer = answered('Lambda Invoke', functionArn, sent).then(answerOf, (error) => {
          throw refused(functionArn, error)
        })
        // What comes of it after its time, the abort's own error above all, is nobody's any more.
        return await Promise.race([answer, late.promise])
      } finally {
        clearTimeout(timer)
      }
    },
  }
}

function answerOf({ FunctionError, Payload }: InvokeCommandOutput): LambdaAnswer {
  const text = Payload ? new TextDecoder().decode(Payload) : 'null'
  const payload = parsed(text)
  if (FunctionError !== undefined) return { kind: 'failed', reason: `failed: ${thrown(payload)}` }
  return { kind: 'answered', payload }
}

/** Lambda's runtimes answer JSON; one that does not has answered a text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** `TypeError: x is not a function`, of the object that runtimes report an error by. */
function thrown(payload: unknown): string {
  if (typeof payload !== 'object' || payload === null) return String(payload)
  const { errorType, errorMessage } = payload as Readonly<Record<string, unknown>>
  return [errorType, errorMessage].filter((part) => part !== undefined).join(': ')
}

function refused(functionArn: string, error: unknown): unknown {
  if (isNamed(error, 'ResourceNotFoundException')) {
    return new ProviderError(`there is no function ${functionArn}; create it or correct the name`, {
      cause: error,
    })
  }
  if (isNamed(error, 'AccessDeniedException')) {
    return new ProviderError(
      `${functionArn} may not be invoked: ${described(error)}; allow lambda:InvokeFunction`,
      { cause: error },
    )
  }
  return error
}
