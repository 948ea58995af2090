import { randomUUID } from 'node:crypto'
import type { Container } from './container.ts'
import { functionNameOf, NoControllerError, type SignalFunction } from './controller.ts'

/** What a person may ask of an active rollout. */
export type OperatorSignal =
  | 'abort'
  | 'pause'
  | 'resume'
  | 'promote'
  | 'promote-full'
  | 'approve'
  | 'reject'

export interface SignalAnswer {
  readonly kind: 'recorded' | 'duplicate' | 'refused'
  readonly rollout?: string
  readonly reason: string
}

/** Longer than the function may take. */
const PATIENCE = 35_000

/** A function of its own for approvals, so that IAM can allow the one and not the other. */
const FUNCTION_OF: Partial<Readonly<Record<OperatorSignal, SignalFunction>>> = {
  approve: 'approve',
  reject: 'approve',
}

/**
 * Asks the controller to record a signal and to wake the rollout. The request has an id, so that one which is sent again
 * after a lost answer is still one signal.
 * @param rollout what the caller looked at: of another one the signal is refused.
 * @throws {NoControllerError} where the function failed or answered something else.
 */
export async function sendSignal(
  container: Container,
  {
    canary,
    kind,
    why,
    rollout,
  }: {
    readonly canary: string
    readonly kind: OperatorSignal
    readonly why: string | undefined
    readonly rollout: string
  },
): Promise<SignalAnswer> {
  const id = `cli:${randomUUID()}`
  // The proof says who it is; this is for a controller that knows no proofs.
  const who = container.surroundings.env.USER || 'sluice'
  const [lambdas, proof] = await Promise.all([
    container.lambdas(),
    container.prove({ canary, rollout, kind, id }),
  ])
  const name = functionNameOf(container.place.controller, FUNCTION_OF[kind] ?? 'signal')
  const request = { canary, kind, who, proof, id, rollout }
  const answer = await lambdas.invoke(
    name,
    why === undefined ? request : { ...request, why },
    PATIENCE,
  )
  if (answer.kind === 'failed') {
    throw new NoControllerError(`the function ${name} ${answer.reason}; its log group says more`)
  }
  if (!isSignalAnswer(answer.payload)) {
    throw new NoControllerError(
      `the function ${name} answered ${JSON.stringify(answer.payload)}, which is no answer to a signal; is the controller older than this command? Deploy its stack again`,
    )
  }
  return answer.payload
}

function isSignalAnswer(payload: unknown): payload is SignalAnswer {
  if (typeof payload !== 'object' || payload === null) return false
  const { kind, reason } = payload as Readonly<Record<string, unknown>>
  return (
    (kind === 'recorded' || kind === 'duplicate' || kind === 'refused') &&
    typeof reason === 'string'
  )
}
