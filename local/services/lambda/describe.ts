import type {
  FunctionConfiguration,
  GetFunctionConfigurationRequest,
  GetFunctionRequest,
  ListEventSourceMappingsRequest,
} from '@aws-sdk/client-lambda'
import type { MappingRecord } from './event-source-mapping.ts'
import type { FunctionRecord, Functions } from './functions.ts'

export const describeOperations = (
  functions: Functions,
  mappings: () => readonly MappingRecord[],
) => ({
  GetFunction({ FunctionName: name }: GetFunctionRequest) {
    const record = functions.get(name)
    return {
      Configuration: configurationOf(record),
      Code: { RepositoryType: 'S3', Location: `file://${record.definition.assetPath}` },
    }
  },

  GetFunctionConfiguration({ FunctionName: name }: GetFunctionConfigurationRequest) {
    return configurationOf(functions.get(name))
  },

  ListFunctions() {
    return { Functions: functions.all().map(configurationOf) }
  },

  ListEventSourceMappings(input: ListEventSourceMappingsRequest) {
    const arn = input.FunctionName ? functions.get(input.FunctionName).arn : undefined
    const wanted = mappings().filter(
      (mapping) =>
        (!arn || mapping.functionArn === arn) &&
        (!input.EventSourceArn || mapping.eventSourceArn === input.EventSourceArn),
    )
    return {
      EventSourceMappings: wanted.map((mapping) => ({
        UUID: mapping.id,
        FunctionArn: mapping.functionArn,
        EventSourceArn: mapping.eventSourceArn,
        BatchSize: mapping.batchSize,
        State: 'Enabled',
      })),
    }
  },
})

const configurationOf = ({
  definition,
  arn,
  createdAt,
}: FunctionRecord): FunctionConfiguration => ({
  FunctionName: definition.name,
  FunctionArn: arn,
  Runtime: definition.runtime as NonNullable<FunctionConfiguration['Runtime']>,
  Handler: definition.handler,
  Description: definition.description ?? '',
  Timeout: definition.timeoutSeconds,
  MemorySize: definition.memoryMegabytes,
  Architectures: [definition.architecture as 'arm64' | 'x86_64'],
  Environment: { Variables: { ...definition.environment } },
  LastModified: createdAt.toISOString(),
  PackageType: 'Zip',
  Version: '$LATEST',
  State: 'Active',
  LastUpdateStatus: 'Successful',
})
