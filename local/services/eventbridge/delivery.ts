import type { Target } from '@aws-sdk/client-eventbridge'
import type { BusEvent, Rule } from './state.ts'

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
  readonly states: Deliver
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
  targets: Targets,
  rule: Rule,
  target: Target,
  event: BusEvent,
): Promise<DeliveryFailure | undefined> {
  const arn = target.Arn ?? ''
  const payload = target.Input ?? JSON.stringify(event)
  try {
    await targets[arn.split(':')[2] as keyof Targets](arn, payload)
    return undefined
  } catch (caught) {
    const error = caught as Error
    const deadLettered = deadLetter(targets, rule, target, payload, error)
    return { rule: rule.name, target: arn, error, event, deadLettered }
  }
}

function deadLetter(
  targets: Targets,
  rule: Rule,
  target: Target,
  payload: string,
  error: Error,
): boolean {
  const queue = target.DeadLetterConfig?.Arn
  if (!queue) return false
  try {
    targets.sqs(queue, payload, {
      RULE_ARN: rule.arn,
      TARGET_ARN: target.Arn ?? '',
      ERROR_CODE: error.name,
      ERROR_MESSAGE: error.message,
    })
    return true
  } catch {
    // Told as lost, with the error of the delivery itself.
    return false
  }
}
