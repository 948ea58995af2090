import type { IdentityProof, ProvenRequest } from '../core/model/identity-proof.ts'
import type { RecordLists } from '../core/operator-ports.ts'
import type { Clock, Definitions, Lambdas, RecordStore } from '../core/ports.ts'
import { type AwsConfig, type AwsPlace, awsConfig } from './aws-place.ts'
import { type Controller, discoverController } from './controller.ts'
import type { Surroundings } from './surroundings.ts'

/**
 * The ports, over AWS clients with the caller's credentials. Each is made when it is first asked for, and its client
 * is loaded no sooner: most of a command's start-up would be clients that it does not use.
 */
export interface Container {
  readonly surroundings: Surroundings
  readonly clock: Clock
  /** What the clients are told; for clients that the container does not have. */
  readonly aws: AwsConfig
  readonly place: AwsPlace
  /** Table, index and workflow, by the controller's own function. */
  readonly controller: () => Promise<Controller>
  readonly store: () => Promise<RecordStore>
  readonly lists: () => Promise<RecordLists>
  readonly definitions: () => Promise<Definitions>
  readonly lambdas: () => Promise<Lambdas>
  /** ARN of whoever calls, as STS says it. */
  readonly caller: () => Promise<string>
  /** That the caller is who they are, for one request. */
  readonly prove: (request: ProvenRequest) => Promise<IdentityProof>
}

export function createContainer(surroundings: Surroundings, place: AwsPlace): Container {
  const aws = awsConfig(surroundings, place)
  const dynamodb = once(async () => {
    const { DynamoDBClient } = await import('@aws-sdk/client-dynamodb')
    return new DynamoDBClient(aws)
  })
  const controller = once(() => discoverController(aws, place.controller))
  const recordPlace = once(async () => {
    // One is a request and the other code to load: both at a time.
    const [client, { table, candidateIndex }] = await Promise.all([dynamodb(), controller()])
    return { client, table, candidateIndex }
  })
  return {
    surroundings,
    clock: surroundings.clock,
    aws,
    place,
    controller,
    store: once(async () => {
      const [place, { createDynamoRecordStore }] = await Promise.all([
        recordPlace(),
        import('../adapters/dynamodb-record-store.ts'),
      ])
      return createDynamoRecordStore(place)
    }),
    lists: once(async () => {
      const [place, { createDynamoRecordLists }] = await Promise.all([
        recordPlace(),
        import('../adapters/dynamodb-record-lists.ts'),
      ])
      return createDynamoRecordLists(place)
    }),
    definitions: once(async () => {
      const [{ client, table }, { createDynamoDefinitions }] = await Promise.all([
        recordPlace(),
        import('../adapters/dynamodb-definitions.ts'),
      ])
      return createDynamoDefinitions(client, table)
    }),
    lambdas: once(async () => {
      const [{ LambdaClient }, { createLambdas }] = await Promise.all([
        import('@aws-sdk/client-lambda'),
        import('../adapters/lambda-functions.ts'),
      ])
      return createLambdas(new LambdaClient(patient(aws)))
    }),
    caller: once(async () => {
      const { GetCallerIdentityCommand, STSClient } = await import('@aws-sdk/client-sts')
      const { answered } = await import('../adapters/aws-errors.ts')
      const sent = new STSClient(aws).send(new GetCallerIdentityCommand({}))
      const { Arn } = await answered('STS GetCallerIdentity', 'who calls', sent)
      return Arn ?? 'unknown'
    }),
    async prove(request) {
      const { proveIdentity } = await import('../adapters/sts-identity-proof.ts')
      return proveIdentity(aws, request)
    },
  }
}

/** A function may think for half a minute before it answers. */
function patient(aws: AwsConfig): AwsConfig {
  const { requestHandler } = aws
  if (requestHandler === undefined || 'handle' in requestHandler) return aws
  return { ...aws, requestHandler: { ...requestHandler, requestTimeout: 40_000 } }
}

/** The same promise at every call. */
export function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined
  return () => {
    made ??= make()
    return made
  }
}
