import { ACCOUNT, arnOf, REGION } from '../../account.ts'
import type { Properties } from '../properties.ts'
import type { Creation, Creator } from './creator.ts'

const WITHOUT_EFFECT = [
  'SSESpecification',
  'DeletionProtectionEnabled',
  'Tags',
  'TableClass',
  'ContributorInsightsSpecification',
] as const

interface Settings {
  readonly timeToLive: object | undefined
  readonly pointInTimeRecovery: boolean
}

/** AWS::DynamoDB::Table */
export const table: Creator = (creation) => {
  const { properties } = creation
  properties.withoutEffect(...WITHOUT_EFFECT)
  const throughput = properties.optional<object>('ProvisionedThroughput')
  const recovery = properties.nested('PointInTimeRecoverySpecification')
  return create(creation, throughput ? { ProvisionedThroughput: throughput } : {}, {
    timeToLive: properties.optional('TimeToLiveSpecification'),
    pointInTimeRecovery: isEnabled(recovery),
  })
}

/** AWS::DynamoDB::GlobalTable with its one replica in this region. */
export const globalTable: Creator = (creation) => {
  const { properties } = creation
  properties.withoutEffect(...WITHOUT_EFFECT, 'GlobalTableWitnesses', 'WarmThroughput')
  const replicas = properties.list('Replicas')
  const replica = replicas[0]
  if (replicas.length !== 1 || !replica || replica.required('Region') !== REGION) {
    return properties.refuse(`Replicas must be one, in ${REGION}: local AWS is one region`)
  }
  replica.withoutEffect(...WITHOUT_EFFECT, 'GlobalSecondaryIndexes')
  const pointInTimeRecovery = isEnabled(replica.nested('PointInTimeRecoverySpecification'))
  replica.end()
  const timeToLive = properties.optional<object>('TimeToLiveSpecification')
  return create(creation, {}, { timeToLive, pointInTimeRecovery })
}

async function create(creation: Creation, extra: object, settings: Settings) {
  const { properties, services, record, logicalId } = creation
  const name = properties.optional<string>('TableName') ?? creation.defaultName
  const stream = properties.nested('StreamSpecification')
  const view = stream.optional<string>('StreamViewType')
  stream.end()
  const input = {
    TableName: name,
    KeySchema: properties.required<object[]>('KeySchema'),
    AttributeDefinitions: properties.required<object[]>('AttributeDefinitions'),
    BillingMode: properties.optional<string>('BillingMode') ?? 'PROVISIONED',
    ...indexes(properties, 'GlobalSecondaryIndexes'),
    ...indexes(properties, 'LocalSecondaryIndexes'),
    ...(view ? { StreamSpecification: { StreamEnabled: true, StreamViewType: view } } : {}),
    ...extra,
  }
  properties.end()
  const call = services.dynamodb.call
  const created = (await call('CreateTable', input)) as {
    TableDescription: { LatestStreamArn?: string }
  }
  if (settings.timeToLive) {
    const TimeToLiveSpecification = settings.timeToLive
    await call('UpdateTimeToLive', { TableName: name, TimeToLiveSpecification })
  }
  if (settings.pointInTimeRecovery) {
    const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true }
    await call('UpdateContinuousBackups', { TableName: name, PointInTimeRecoverySpecification })
  }
  const streamArn = created.TableDescription.LatestStreamArn
  record.tables.push({ logicalId, name, streamArn })
  return {
    ref: name,
    attributes: {
      Arn: arnOf('dynamodb', `table/${name}`),
      TableId: `${ACCOUNT}-${name}`,
      ...(streamArn ? { StreamArn: streamArn } : {}),
    },
  }
}

function indexes(properties: Properties, kind: string): object {
  const given = properties.list(kind)
  if (given.length === 0) return {}
  return {
    [kind]: given.map((index) => {
      const throughput = index.optional<object>('ProvisionedThroughput')
      const read = {
        IndexName: index.required('IndexName'),
        KeySchema: index.required('KeySchema'),
        Projection: index.required('Projection'),
        ...(throughput ? { ProvisionedThroughput: throughput } : {}),
      }
      index.withoutEffect('ContributorInsightsSpecification', 'WarmThroughput')
      index.end()
      return read
    }),
  }
}

function isEnabled(recovery: Properties): boolean {
  const enabled = recovery.optional<boolean>('PointInTimeRecoveryEnabled') ?? false
  recovery.withoutEffect('RecoveryPeriodInDays')
  recovery.end()
  return enabled
}
