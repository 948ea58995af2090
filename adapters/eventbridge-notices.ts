import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { ProviderError, TransientError } from '../core/errors.ts'
import type { Notices } from '../core/ports.ts'
import { answered } from './aws-errors.ts'
import { executionLink } from './execution-link.ts'

export const NOTICE_SOURCE = 'sluice'
export const NOTICE_DETAIL_TYPE = 'Canary Rollout State Change'

export function createEventBridgeNotices(
  eventbridge: EventBridgeClient,
  { bus, stateMachineArn }: { readonly bus: string; readonly stateMachineArn: string },
): Notices {
  return {
    async publish(notice) {
      const command = new PutEventsCommand({
        Entries: [
          {
            EventBusName: bus,
            Source: NOTICE_SOURCE,
            DetailType: NOTICE_DETAIL_TYPE,
            Detail: JSON.stringify({
              ...notice,
              at: new Date(notice.at).toISOString(),
              link: executionLink(stateMachineArn, notice.execution),
            }),
          },
        ],
      })
      const what = `${notice.state} of ${notice.rollout} on ${bus}`
      const answer = await answered('EventBridge PutEvents', what, eventbridge.send(command))
      if (!answer.FailedEntryCount) return
      // The call succeeds although its only entry did not.
      const entry = answer.Entries?.[0]
      const message = `EventBridge PutEvents (${what}) refused the event: ${entry?.ErrorCode}: ${entry?.ErrorMessage}`
      throw entry?.ErrorCode === 'ThrottlingException' || entry?.ErrorCode === 'InternalFailure'
        ? new TransientError(message)
        : new ProviderError(message)
    },
  }
}
