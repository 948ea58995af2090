import type { DynamoDb } from '../../services/dynamodb/index.ts'
import type { Iam } from '../../services/iam/index.ts'
import type { Lambda } from '../../services/lambda/index.ts'
import type { Endpoint } from '../../wire/endpoint.ts'
import type { Assets } from '../assets.ts'
import type { InvokeCustomResource } from '../custom-resources/invoke.ts'
import type { CreatedResource } from '../intrinsics.ts'
import type { Properties } from '../properties.ts'

/** The services that a template's resources are made in. */
export interface DeployServices {
  /** Any operation of any service but DynamoDB, as the wire API has it. */
  readonly call: Endpoint['call']
  readonly inputShape: Endpoint['inputShape']
  readonly dynamodb: Pick<DynamoDb, 'call'>
  readonly customResource: InvokeCustomResource
  readonly iam: Pick<Iam, 'state'>
  readonly lambda: Pick<
    Lambda,
    | 'createFunction'
    | 'updateFunction'
    | 'deleteFunction'
    | 'configureEventInvoke'
    | 'createEventSourceMapping'
    | 'updateEventSourceMapping'
    | 'createQueueMapping'
    | 'updateQueueMapping'
    | 'deleteEventSourceMapping'
  >
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

/** One resource's entry in that record. */
export type Told = {
  readonly [Kind in keyof DeployRecord]?: Omit<DeployRecord[Kind][number], 'logicalId'>
}

export interface Made extends CreatedResource {
  readonly told?: Told
}

export interface Creation {
  readonly logicalId: string
  readonly type: string
  readonly stackName: string
  /** For a resource that the template leaves unnamed. */
  readonly defaultName: string
  readonly properties: Properties
  readonly services: DeployServices
  readonly assets: Assets
}

export interface Update extends Creation {
  /** As it stands. */
  readonly before: Standing
  /** Top-level properties that have another value now, or none. */
  readonly changed: ReadonlySet<string>
}

export interface Removal {
  readonly logicalId: string
  readonly stackName: string
  readonly standing: Standing
  readonly services: DeployServices
}

/** A resource of a stack, as it was last made. */
export interface Standing {
  readonly logicalId: string
  readonly type: string
  readonly defaultName: string
  /** Resolved. */
  readonly properties: Readonly<Record<string, unknown>>
  readonly made: Made
  /** Of the deployment that made it so: going back needs the same files. */
  readonly assets: Assets
  readonly keptOnDelete: boolean
  readonly keptOnReplace: boolean
  /** Kept also where its creation is rolled back. */
  readonly keptOnRollback: boolean
}

/** How one type of resource comes, changes and goes. */
export interface ResourceType {
  create(creation: Creation): Promise<Made> | Made
  /** In place. Another `ref` than before says that it became another one, and the former is deleted at the end. */
  update?(update: Update): Promise<Made> | Made
  /** Top-level properties whose change makes another resource. A type without `update` is always replaced. */
  readonly replacedBy?: readonly string[]
  delete(removal: Removal): Promise<void> | void
  /** Taken down, and no more: it has no effect here. */
  readonly isRecorded?: true
}

/** Thrown by a deletion that CloudFormation would call done, although the resource still stands. */
export class StillStands extends Error {
  override readonly name = 'StillStands'
}

/** Thrown by a creation that failed after something was made, so that it is not left behind. */
export class PartlyMade extends Error {
  override readonly name = 'PartlyMade'
  readonly made: Made

  constructor(made: Made, cause: Error) {
    super(cause.message, { cause })
    this.made = made
  }
}
