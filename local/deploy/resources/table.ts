import { isDeepStrictEqual } from 'node:util'
import { ACCOUNT, arnOf, REGION } from '../../account.ts'
import { Properties } from '../properties.ts'
import {
  type Creation,
  type DeployServices,
  type Made,
  PartlyMade,
  type ResourceType,
  type Update,
} from './resource-type.ts'

const WITHOUT_EFFECT = [
  'SSESpecification',
  'DeletionProtectionEnabled',
  'Tags',
  'TableClass',
  'ContributorInsightsSpecification',
] as const

interface TimeToLive {
  readonly AttributeName?: string
  readonly Enabled: boolean
}

interface Settings {
  readonly timeToLive: TimeToLive | undefined
  readonly pointInTimeRecovery: boolean
}

/** AWS::DynamoDB::Table */
export const table: ResourceType = typeOf((creation) => {
  const { properties } = creation
  properties.withoutEffect(...WITHOUT_EFFECT)
  const throughput = properties.optional<object>('ProvisionedThroughput')
  const recovery = properties.nested('PointInTimeRecoverySpecification')
  return read(creation, throughput ? { ProvisionedThroughput: throughput } : {}, {
    timeToLive: properties.optional('TimeToLiveSpecification'),
    pointInTimeRecovery: isEnabled(recovery),
  })
})

/** AWS::DynamoDB::GlobalTable with its one replica in this region. */
export const globalTable: ResourceType = typeOf((creation) => {
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
  const timeToLive = properties.optional<TimeToLive>('TimeToLiveSpecification')
  return read(creation, {}, { timeToLive, pointInTimeRecovery })
})

interface TableInput {
  readonly create: { readonly TableName: string }
  readonly settings: Settings
}

function typeOf(reading: (creation: Creation) => TableInput): ResourceType {
  return {
    async create(creation) {
      const { create, settings } = reading(creation)
      const { call } = creation.services.dynamodb
      const { TableDescription } = (await call('CreateTable', create)) as {
        TableDescription: { LatestStreamArn?: string }
      }
      const table = made(create.TableName, TableDescription.LatestStreamArn)
      try {
        await configure(creation.services, create.TableName, settings, ALL_OFF)
      } catch (error) {
        throw new PartlyMade(table, error as Error)
      }
      return table
    },
    async update(update) {
      const { create, settings } = reading(update)
      const fixed = [...update.changed].find((name) => !CHANGEABLE.has(name))
      if (fixed) {
        update.properties.refuse(
          `local AWS cannot change ${fixed} of a table that stands: remove the stack, or give the table another logical id`,
        )
      }
      const before = reading({ ...update, properties: asBefore(update) })
      await configure(update.services, create.TableName, settings, before.settings)
      return update.before.made
    },
    replacedBy: ['TableName', 'KeySchema'],
    async delete({ services, standing }) {
      await services.dynamodb.call('DeleteTable', { TableName: standing.made.ref })
    },
  }
}

const ALL_OFF: Settings = { timeToLive: undefined, pointInTimeRecovery: false }

/** Without the table's data being written anew. A replica's properties are those of its table. */
const CHANGEABLE: ReadonlySet<string> = new Set([
  ...WITHOUT_EFFECT,
  'PointInTimeRecoverySpecification',
  'Replicas',
  'TimeToLiveSpecification',
])

const asBefore = ({ before }: Update): Properties =>
  new Properties(`${before.logicalId} (${before.type})`, before.properties)

/** Writes what differs. */
async function configure(
  { dynamodb: { call } }: DeployServices,
  table: string,
  wanted: Settings,
  before: Settings,
): Promise<void> {
  if (!isDeepStrictEqual(wanted.timeToLive, before.timeToLive)) {
    const { timeToLive = { ...before.timeToLive, Enabled: false } } = wanted
    await call('UpdateTimeToLive', { TableName: table, TimeToLiveSpecification: timeToLive })
  }
  if (wanted.pointInTimeRecovery !== before.pointInTimeRecovery) {
    await call('UpdateContinuousBackups', {
      TableName: table,
      PointInTimeRecoverySpecification: {
        PointInTimeRecoveryEnabled: wanted.pointInTimeRecovery,
      },
    })
  }
}

function read(creation: Creation, extra: object, settings: Settings): TableInput {
  const { properties } = creation
  const stream = properties.nested('StreamSpecification')
  const view = stream.optional<string>('StreamViewType')
  stream.end()
  const create = {
    TableName: properties.optional<string>('TableName') ?? creation.defaultName,
    KeySchema: properties.required<object[]>('KeySchema'),
    AttributeDefinitions: properties.required<object[]>('AttributeDefinitions'),
    BillingMode: properties.optional<string>('BillingMode') ?? 'PROVISIONED',
    ...indexes(properties, 'GlobalSecondaryIndexes'),
    ...indexes(properties, 'LocalSecondaryIndexes'),
    ...(view ? { StreamSpecification: { StreamEnabled: true, StreamViewType: view } } : {}),
    ...extra,
  }
  properties.end()
  return { create, settings }
}

function made(name: string, streamArn: string | undefined): Made {
  return {
    ref: name,
    attributes: {
      Arn: arnOf('dynamodb', `table/${name}`),
      TableId: `${ACCOUNT}-${name}`,
      ...(streamArn ? { StreamArn: streamArn } : {}),
    },
    told: { tables: { name, streamArn } },
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
