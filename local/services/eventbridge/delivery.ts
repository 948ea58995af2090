import type { Target } from '@aws-sdk/client-eventbridge'
import { AccessDenied } from '../../wire/refusal.ts'
import type { Iam } from '../iam/index.ts'
import type { BusEvent, Rule } from './state.ts'
import { requireDelivery, requireOnTarget } from './target-access.ts'
import { inputOf } from './transform.ts'

/** Hands a payload over to what an ARN names. Throws where that cannot take it. */
export type Deliver = (arn: string, payload: string) => Promise<void> | void

/** By the service in the target's ARN. */
export interface Targets {
  readonly lambda: Deliver
  readonly sqs: (
    arn: string,
    payload: string,
    attributes?: Readonly<Record<string, string>>,
  ) => void
  readonly sns: Deliver
  readonly states: Deliver
}

export interface Delivering {
  readonly targets: Targets
  readonly iam: Iam | undefined
}

export type DeliveryFailure = {
  readonly rule: string
  readonly target: string
  readonly error: Error
  readonly event: BusEvent
  readonly deadLettered: boolean
}

/**
 * Delivers to one target. In one process a refused delivery is refused for good (the target is absent or takes no
 * such event), so it goes to the target's dead-letter queue at once, as AWS does where a retry has no chance.
 */
export async function deliver(
  { targets, iam }: Delivering,
  rule: Rule,
  target: Target,
  event: BusEvent,
): Promise<DeliveryFailure | undefined> {
  const arn = target.Arn ?? ''
  const payload = inputOf(target, rule, event)
  try {
    requireDelivery(iam, rule, target)
    await targets[arn.split(':')[2] as keyof Targets](arn, payload)
    return undefined
  } catch (caught) {
    const error = caught as Error
    const deadLettered = deadLetter({ targets, iam }, rule, target, payload, error)
    return { rule: rule.name, target: arn, error, event, deadLettered }
  }
}

function deadLetter(
  { targets, iam }: Delivering,
  rule: Rule,
  target: Target,
  payload: string,
  error: Error,
): boolean {
  const queue = target.DeadLetterConfig?.Arn
  if (!queue) return false
  try {
    requireOnTarget(iam, rule, queue)
    targets.sqs(queue, payload, {
      RULE_ARN: rule.arn,
      TARGET_ARN: target.Arn ?? '',
      ERROR_CODE: error instanceof AccessDenied ? 'NO_PERMISSIONS' : error.name,
      ERROR_MESSAGE: error.message,
    })
    return true
  } catch (refused) {
    // Told as lost, with both errors.
    error.message = `${error.message}; its dead-letter queue: ${(refused as Error).message}`
    return false
  }
}
