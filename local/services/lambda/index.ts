import * as schemas from '@aws-sdk/client-lambda'
import { on } from '../../wire/authorization.ts'
import { AwsError, type Service } from '../../wire/service.ts'
import type { DynamoDb } from '../dynamodb/index.ts'
import type { Iam } from '../iam/index.ts'
import type { Sqs } from '../sqs/index.ts'
import { createAsyncInvocations, type Deliver } from './async-invocation.ts'
import { authorization } from './authorization.ts'
import { requireDestination, requireQueue, requireStream } from './configuration-check.ts'
import { describeOperations } from './describe.ts'
import {
  createMapping,
  type Mapping,
  type MappingDefinition,
  type MappingRecord,
} from './event-source-mapping.ts'
import type { EventInvokeConfig, FunctionDefinition, FunctionLoader } from './function.ts'
import { type FunctionRecord, Functions } from './functions.ts'
import { type InvocationResult, invokeOnce } from './invocation.ts'
import { invokeOperation } from './invoke.ts'
import { policyOperations } from './policy.ts'
import {
  createQueueMapping,
  type QueueMapping,
  type QueueMappingDefinition,
} from './queue-mapping.ts'

export type {
  EventInvokeConfig,
  FunctionDefinition,
  FunctionLoader,
  InvocationContext,
  LoadedFunction,
} from './function.ts'
export { createWorkerLoader } from './worker-function.ts'

export interface LambdaOptions {
  readonly loader: FunctionLoader
  readonly sqs: Pick<Sqs, 'deliver' | 'consume'>
  readonly streams: Pick<DynamoDb, 'subscribe'>
  /** Without it everybody may do everything. */
  readonly iam?: Iam
  /** Before each retry of an asynchronous invocation; by default as AWS, one and two minutes. */
  readonly retryDelaysMs?: readonly number[]
  /** An event that no retry and no queue caught. */
  readonly onLost: (fn: string, reason: string) => void
  /** A log or a trace that a function's role does not allow Lambda to write. */
  readonly onUnwritten?: (fn: string, reason: string) => void
}

export interface Lambda extends Service {
  readonly functions: Functions
  /** @throws {AwsError} */
  createFunction(definition: FunctionDefinition): FunctionRecord
  /** @throws {AwsError} where there is none of that name. */
  updateFunction(definition: FunctionDefinition): Promise<FunctionRecord>
  /** @throws {AwsError} */
  deleteFunction(name: string): Promise<void>
  configureEventInvoke(name: string, config: EventInvokeConfig): void
  /** From a table's stream. */
  createEventSourceMapping(definition: MappingDefinition): string
  /** Of the same source and function. What waits for the function is kept. @throws {AwsError} */
  updateEventSourceMapping(id: string, definition: MappingDefinition): void
  /** From a queue. @throws {AwsError} */
  createQueueMapping(definition: QueueMappingDefinition): string
  /** Of the same source and function. @throws {AwsError} */
  updateQueueMapping(id: string, definition: QueueMappingDefinition): void
  /** Of either kind. @throws {AwsError} */
  deleteEventSourceMapping(id: string): void
  /** Waits for the result, as Step Functions does. @throws {AwsError} where there is no such function. */
  invoke(nameOrArn: string, payload: unknown, requestId: string): Promise<InvocationResult>
  /** Leaves the event to Lambda's queue. @throws {AwsError} where there is no such function. */
  accept(nameOrArn: string, payload: string): void
  /** Asynchronous invocations not yet done with. */
  pending(): number
  close(): Promise<void>
}

export function createLambda(options: LambdaOptions): Lambda {
  const { onLost, iam } = options
  const functions = new Functions({
    loader: options.loader,
    onUnwritten: options.onUnwritten ?? (() => undefined),
    ...(iam ? { iam } : {}),
  })
  iam?.providePolicies('lambda', (arn) => {
    return [...functions.get(arn).policies.values()].flatMap(({ document }) => document)
  })
  const deliver: Deliver = (record, queueArn, body, attributes) => {
    record.role.require(...on('sqs:SendMessage', queueArn))
    options.sqs.deliver(queueArn, body, attributes)
  }
  const queue = createAsyncInvocations({
    deliver,
    onLost,
    ...(options.retryDelaysMs ? { retryDelaysMs: options.retryDelaysMs } : {}),
  })
  /** Each with the way to end it. */
  const mappings = new Map<MappingRecord, () => void>()
  const theMapping = (id: string): MappingRecord => {
    const found = [...mappings.keys()].find((one) => one.id === id)
    if (found) return found
    throw new AwsError(
      'ResourceNotFoundException',
      `The resource you requested does not exist: event source mapping ${id}`,
      404,
    )
  }

  return {
    name: 'lambda',
    schemas,
    authorization,
    operations: {
      ...invokeOperation(functions, queue),
      ...policyOperations(functions),
      ...describeOperations(functions, () => [...mappings.keys()]),
    },
    supports: {
      Invoke: ['FunctionName', 'InvocationType', 'Payload', 'Qualifier'],
      ListFunctions: ['MaxItems'],
      AddPermission: [
        'FunctionName',
        'StatementId',
        'Action',
        'Principal',
        'SourceArn',
        'SourceAccount',
      ],
      RemovePermission: ['FunctionName', 'StatementId'],
      GetPolicy: ['FunctionName'],
    },
    functions,
    createFunction: (definition) => functions.create(definition),
    updateFunction: (definition) => functions.update(definition),
    deleteFunction: (name) => functions.delete(name),
    configureEventInvoke(name, config) {
      const record = functions.get(name)
      if (config.onFailure) requireDestination(record, config.onFailure)
      record.eventInvoke = config
    },
    createEventSourceMapping(definition) {
      const record = functions.get(definition.functionName)
      requireStream(record, definition.eventSourceArn)
      if (definition.onFailure) requireDestination(record, definition.onFailure)
      const mapping = createMapping(definition, record, { deliver, onLost })
      const unsubscribe = options.streams.subscribe(definition.eventSourceArn, mapping.offer)
      mappings.set(mapping, () => {
        unsubscribe()
        mapping.close()
      })
      return mapping.id
    },
    createQueueMapping(definition) {
      const record = functions.get(definition.functionName)
      requireQueue(record, definition.eventSourceArn)
      const mapping = createQueueMapping(definition, record, options.sqs)
      mappings.set(mapping, mapping.close)
      return mapping.id
    },
    updateEventSourceMapping: (id, definition) => (theMapping(id) as Mapping).redefine(definition),
    updateQueueMapping: (id, definition) => (theMapping(id) as QueueMapping).redefine(definition),
    deleteEventSourceMapping(id) {
      const mapping = theMapping(id)
      mappings.get(mapping)?.()
      mappings.delete(mapping)
    },
    invoke: async (nameOrArn, payload, requestId) =>
      invokeOnce(functions.get(nameOrArn), payload, requestId),
    accept(nameOrArn, payload) {
      queue.accept(functions.get(nameOrArn), payload)
    },
    pending: queue.pending,
    async close() {
      queue.close()
      for (const end of mappings.values()) end()
      await functions.close()
    },
  }
}
