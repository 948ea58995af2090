import { arnOf } from '../../account.ts'
import type { StreamViewType, TableStream } from './stream-record.ts'
import type { TableChanges } from './table-changes.ts'
import { DynamoDbError, type TableStore } from './table-store.ts'

interface CreateTable {
  readonly TableName: string
  readonly KeySchema?: readonly { readonly AttributeName: string }[]
  readonly StreamSpecification?: {
    readonly StreamEnabled: boolean
    readonly StreamViewType?: StreamViewType
  }
}

interface TimeToLive {
  readonly TableName: string
  readonly TimeToLiveSpecification: { readonly AttributeName: string; readonly Enabled: boolean }
}

interface ContinuousBackups {
  readonly TableName: string
  readonly PointInTimeRecoverySpecification: { readonly PointInTimeRecoveryEnabled: boolean }
}

/** Operations on a table as a whole that dynalite lacks: its stream, its TTL attribute, its backups. */
export function createTableSettings(store: TableStore, changes: TableChanges) {
  const timeToLive = new Map<string, string>()
  const recovery = new Map<string, boolean>()
  const known = async (table: string): Promise<void> => {
    await store.call('DescribeTable', { TableName: table })
  }
  const backups = (table: string) => ({
    ContinuousBackupsDescription: {
      ContinuousBackupsStatus: 'ENABLED',
      PointInTimeRecoveryDescription: {
        PointInTimeRecoveryStatus: recovery.get(table) ? 'ENABLED' : 'DISABLED',
      },
    },
  })

  return {
    /** Opens the stream that the table was created with. */
    created(input: CreateTable): void {
      const { StreamEnabled: enabled, StreamViewType: view } = input.StreamSpecification ?? {}
      if (!enabled) return
      if (!view) {
        throw new DynamoDbError(
          'ValidationException',
          'StreamSpecification.StreamViewType is needed where StreamEnabled is true',
        )
      }
      const label = new Date().toISOString().slice(0, -1)
      changes.open(input.TableName, {
        arn: arnOf('dynamodb', `table/${input.TableName}/stream/${label}`),
        label,
        view,
        keys: (input.KeySchema ?? []).map((key) => key.AttributeName),
      })
    },
    deleted(table: string): void {
      changes.close(table)
      timeToLive.delete(table)
      recovery.delete(table)
    },
    /** What DescribeTable adds for a table with a stream. */
    streamOf(table: string): object {
      const stream: TableStream | undefined = changes.streamOf(table)
      if (!stream) return {}
      return {
        StreamSpecification: { StreamEnabled: true, StreamViewType: stream.view },
        LatestStreamArn: stream.arn,
        LatestStreamLabel: stream.label,
      }
    },
    operations: {
      async UpdateTimeToLive(input: TimeToLive) {
        await known(input.TableName)
        const { AttributeName: attribute, Enabled: enabled } = input.TimeToLiveSpecification
        if (enabled) timeToLive.set(input.TableName, attribute)
        else timeToLive.delete(input.TableName)
        return { TimeToLiveSpecification: input.TimeToLiveSpecification }
      },
      async DescribeTimeToLive(input: { TableName: string }) {
        await known(input.TableName)
        const attribute = timeToLive.get(input.TableName)
        return {
          TimeToLiveDescription: attribute
            ? { TimeToLiveStatus: 'ENABLED', AttributeName: attribute }
            : { TimeToLiveStatus: 'DISABLED' },
        }
      },
      async UpdateContinuousBackups(input: ContinuousBackups) {
        await known(input.TableName)
        const wanted = input.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled
        recovery.set(input.TableName, wanted)
        return backups(input.TableName)
      },
      async DescribeContinuousBackups(input: { TableName: string }) {
        await known(input.TableName)
        return backups(input.TableName)
      },
    },
  }
}
