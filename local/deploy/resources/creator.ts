import type { DynamoDb } from '../../services/dynamodb/index.ts'
import type { Iam } from '../../services/iam/index.ts'
import type { Lambda } from '../../services/lambda/index.ts'
import type { Service } from '../../wire/service.ts'
import type { Assets } from '../assets.ts'
import type { CreatedResource } from '../intrinsics.ts'
import type { Properties } from '../properties.ts'

/** The services that a template's resources are made in. */
export interface DeployServices {
  readonly dynamodb: Pick<DynamoDb, 'call'>
  readonly iam: Pick<Iam, 'state'>
  readonly lambda: Pick<
    Lambda,
    | 'createFunction'
    | 'configureEventInvoke'
    | 'createEventSourceMapping'
    | 'createQueueMapping'
    | 'operations'
  >
  readonly sqs: Pick<Service, 'operations'>
  readonly eventbridge: Pick<Service, 'operations'>
  readonly stepfunctions: Pick<Service, 'operations'>
}

/** What was made of the template, for those who want to see that just this ran. */
export interface DeployRecord {
  readonly functions: { logicalId: string; name: string; arn: string; assetPath: string }[]
  readonly rules: { logicalId: string; name: string; arn: string; pattern: string }[]
  readonly stateMachines: { logicalId: string; name: string; arn: string; definition: string }[]
  readonly tables: { logicalId: string; name: string; streamArn: string | undefined }[]
  readonly queues: { logicalId: string; name: string; arn: string }[]
  readonly eventSourceMappings: { logicalId: string; id: string }[]
}

export interface Creation {
  readonly logicalId: string
  /** For a resource that the template leaves unnamed. */
  readonly defaultName: string
  readonly properties: Properties
  readonly services: DeployServices
  readonly assets: Assets
  readonly record: DeployRecord
}

export type Creator = (creation: Creation) => Promise<CreatedResource> | CreatedResource
