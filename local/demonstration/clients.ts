import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { ECSClient } from '@aws-sdk/client-ecs'
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2'
import { Route53Client } from '@aws-sdk/client-route-53'
import { SFNClient } from '@aws-sdk/client-sfn'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { REGION } from '../account.ts'

/** What a person's scripts would have: ordinary SDK clients, told where AWS is. */
export function createClients(endpoint: string) {
  const config = {
    endpoint,
    region: REGION,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  }
  const dynamodb = new DynamoDBClient(config)
  const clients = {
    ecs: new ECSClient(config),
    elbv2: new ElasticLoadBalancingV2Client(config),
    route53: new Route53Client(config),
    stepfunctions: new SFNClient(config),
    table: DynamoDBDocumentClient.from(dynamodb),
  }
  return {
    ...clients,
    close() {
      for (const client of Object.values(clients)) client.destroy()
      dynamodb.destroy()
    },
  }
}

export type Clients = ReturnType<typeof createClients>
