import { RemovalPolicy } from 'aws-cdk-lib'
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb'
import type { Construct } from 'constructs'

export const CANDIDATE_INDEX = 'ByCandidate'

export type RecordsTable = dynamodb.Table & { readonly tableStreamArn: string }

/** The one table. Whoever deletes the stack keeps the records: they say where the traffic stood. */
export function createRecordsTable(scope: Construct): RecordsTable {
  const table = new dynamodb.Table(scope, 'Records', {
    partitionKey: { name: 'Canary', type: dynamodb.AttributeType.STRING },
    sortKey: { name: 'Record', type: dynamodb.AttributeType.STRING },
    billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
    encryption: dynamodb.TableEncryption.AWS_MANAGED,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    stream: dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
    timeToLiveAttribute: 'ExpiresAt',
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
  })
  // Sparse: only state records have the attribute, so an event's look-up reads one item.
  table.addGlobalSecondaryIndex({
    indexName: CANDIDATE_INDEX,
    partitionKey: { name: 'CandidateService', type: dynamodb.AttributeType.STRING },
    projectionType: dynamodb.ProjectionType.ALL,
  })
  // CDK's type does not know that a table with `stream` has one.
  return table as RecordsTable
}
