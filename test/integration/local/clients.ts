import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { SFNClient } from '@aws-sdk/client-sfn'
import { SQSClient } from '@aws-sdk/client-sqs'
import type { LocalAws } from '../../../local/aws.ts'

/** Real SDK clients on a local AWS in the same process. */
export function clientsOf(aws: LocalAws) {
  const config = {
    region: 'us-east-1',
    endpoint: 'http://local.invalid',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    requestHandler: aws.requestHandler,
    maxAttempts: 1,
  }
  return {
    dynamodb: new DynamoDBClient(config),
    eventbridge: new EventBridgeClient(config),
    lambda: new LambdaClient(config),
    sfn: new SFNClient(config),
    sqs: new SQSClient(config),
  }
}
