import { on, onAll, type Requirement } from '../../wire/authorization.ts'
import { AccessDenied } from '../../wire/refusal.ts'
import { AwsError } from '../../wire/service.ts'
import type { FunctionRecord } from './functions.ts'

/** Lambda refuses what it could not carry out with the function's role. @throws {AwsError} */
function requireOf(
  { role }: FunctionRecord,
  what: string,
  ...requirements: readonly Requirement[]
): void {
  try {
    role.require(...requirements)
  } catch (error) {
    if (!(error instanceof AccessDenied)) throw error
    throw new AwsError('InvalidParameterValueException', `${what} (${error.message})`)
  }
}

/** Of a queue for what failed. */
export const requireDestination = (record: FunctionRecord, queueArn: string): void =>
  requireOf(
    record,
    `The function's execution role does not have permissions to call SendMessage on ${queueArn}`,
    ...on('sqs:SendMessage', queueArn),
  )

/** https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html */
export const requireStream = (record: FunctionRecord, streamArn: string): void =>
  requireOf(
    record,
    `Cannot access stream ${streamArn}. Please ensure the role can perform the GetRecords, GetShardIterator, DescribeStream, and ListStreams Actions on your stream in IAM.`,
    ...['GetRecords', 'GetShardIterator', 'DescribeStream'].flatMap((action) =>
      on(`dynamodb:${action}`, streamArn),
    ),
    ...onAll('dynamodb:ListStreams'),
  )

/** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html#events-sqs-permissions */
export const requireQueue = (record: FunctionRecord, queueArn: string): void => {
  for (const action of ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes']) {
    requireOf(
      record,
      `The function execution role does not have permissions to call ${action} on SQS`,
      ...on(`sqs:${action}`, queueArn),
    )
  }
}
