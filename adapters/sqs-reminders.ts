import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs'
import { REMINDER_SECONDS } from '../core/model/reminder.ts'
import type { Reminders } from '../core/workflow-ports.ts'
import { answered } from './aws-errors.ts'

/** In the form of the events that come to the same queue: whoever finds one given up can read what it is about. */
export function createSqsReminders(sqs: SQSClient, queueUrl: string): Reminders {
  return {
    async put({ canary, rollout, attempt, candidate, revision }) {
      const command = new SendMessageCommand({
        QueueUrl: queueUrl,
        DelaySeconds: REMINDER_SECONDS,
        MessageBody: JSON.stringify({
          source: 'sluice',
          'detail-type': 'Rollout Reminder',
          detail: { canary, rollout, attempt, candidate, revision },
        }),
      })
      await answered('SQS SendMessage', `a reminder of ${rollout}`, sqs.send(command))
    },
  }
}
