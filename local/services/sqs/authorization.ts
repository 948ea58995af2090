import { type Authorization, on, onAll } from '../../wire/authorization.ts'
import { queueArn } from './state.ts'

interface OfQueue {
  readonly QueueUrl?: string
  readonly QueueName?: string
}

const onQueue =
  (action: string) =>
  ({ QueueUrl: url, QueueName: name }: OfQueue) =>
    on(`sqs:${action}`, queueArn(name ?? url?.split(/[/:]/).at(-1) ?? ''))

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html */
export const authorization: Authorization = {
  CreateQueue: onQueue('CreateQueue'),
  DeleteQueue: onQueue('DeleteQueue'),
  GetQueueUrl: onQueue('GetQueueUrl'),
  ListQueues: () => onAll('sqs:ListQueues'),
  SetQueueAttributes: onQueue('SetQueueAttributes'),
  GetQueueAttributes: onQueue('GetQueueAttributes'),
  SendMessage: onQueue('SendMessage'),
  ReceiveMessage: onQueue('ReceiveMessage'),
  DeleteMessage: onQueue('DeleteMessage'),
  PurgeQueue: onQueue('PurgeQueue'),
}
