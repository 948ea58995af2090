import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AwsError } from '../wire/service.ts'
import { readAssets } from './assets.ts'
import { type CreatedResource, holds, resolve, type Scope } from './intrinsics.ts'
import { dependencyOrder } from './order.ts'
import { Properties } from './properties.ts'
import type { Creator, DeployRecord, DeployServices } from './resources/creator.ts'
import { eventSourceMapping } from './resources/event-source-mapping.ts'
import { eventInvokeConfig, lambdaFunction } from './resources/function.ts'
import { permission } from './resources/permission.ts'
import { managedPolicy, policy } from './resources/policy.ts'
import { queue } from './resources/queue.ts'
import { queuePolicy } from './resources/queue-policy.ts'
import { RECORDED } from './resources/recorded.ts'
import { role } from './resources/role.ts'
import { rule } from './resources/rule.ts'
import { stateMachine } from './resources/state-machine.ts'
import { globalTable, table } from './resources/table.ts'
import { DeployError, type Resource, type Template } from './template.ts'

export type { DeployServices } from './resources/creator.ts'
export { DeployError } from './template.ts'

export interface Deployed extends DeployRecord {
  readonly stackName: string
  /** Physical id and attributes by logical id. */
  readonly resources: ReadonlyMap<string, CreatedResource & { readonly type: string }>
  /** Resources that were taken down and have no effect. */
  readonly recorded: readonly { readonly logicalId: string; readonly type: string }[]
  readonly outputs: Readonly<Record<string, unknown>>
}

const CREATORS: Readonly<Record<string, Creator>> = {
  'AWS::DynamoDB::GlobalTable': globalTable,
  'AWS::DynamoDB::Table': table,
  'AWS::Events::Rule': rule,
  'AWS::IAM::ManagedPolicy': managedPolicy,
  'AWS::IAM::Policy': policy,
  'AWS::IAM::Role': role,
  'AWS::Lambda::EventInvokeConfig': eventInvokeConfig,
  'AWS::Lambda::EventSourceMapping': eventSourceMapping,
  'AWS::Lambda::Function': lambdaFunction,
  'AWS::Lambda::Permission': permission,
  'AWS::SQS::Queue': queue,
  'AWS::SQS::QueuePolicy': queuePolicy,
  'AWS::StepFunctions::StateMachine': stateMachine,
}

/**
 * Makes in local AWS what a synthesised template names, with the assets beside it.
 * @param folder what `cdk synth` wrote.
 * @param stack whose template; may be left out where the folder holds one.
 * @throws {DeployError} naming logical id and type of what local AWS does not have; checked before anything is made.
 */
export async function deploy(
  services: DeployServices,
  folder: string,
  stack?: string,
): Promise<Deployed> {
  const stackName = stack ?? onlyStack(folder)
  const template = readTemplate(folder, stackName)
  const created = new Map<string, CreatedResource & { readonly type: string }>()
  const scope: Scope = { template, stackName, parameters: defaultsOf(template), created }
  const wanted = Object.entries(template.Resources).filter(
    ([, resource]) => !resource.Condition || holds(resource.Condition, scope),
  )
  for (const [logicalId, { Type: type }] of wanted) {
    if (CREATORS[type] || RECORDED[type]) continue
    throw new DeployError(
      `${logicalId}: local AWS does not have ${type}; it has ${Object.keys(CREATORS).join(', ')}`,
    )
  }
  const resources = Object.fromEntries(wanted)
  const assets = readAssets(folder)
  const record: DeployRecord = {
    functions: [],
    rules: [],
    stateMachines: [],
    tables: [],
    queues: [],
    eventSourceMappings: [],
  }
  const recorded: { logicalId: string; type: string }[] = []

  for (const logicalId of dependencyOrder(resources)) {
    const resource = resources[logicalId] as Resource
    const type = resource.Type
    const defaultName = physicalName(stackName, logicalId)
    const taken = RECORDED[type]
    if (taken) {
      recorded.push({ logicalId, type })
      created.set(logicalId, { type, ...taken(defaultName) })
      continue
    }
    const properties = new Properties(`${logicalId} (${type})`, resolve(resource.Properties, scope))
    const creation = { logicalId, defaultName, properties, services, assets, record }
    try {
      created.set(logicalId, { type, ...(await (CREATORS[type] as Creator)(creation)) })
    } catch (error) {
      throw placed(logicalId, type, error as Error)
    }
  }
  const outputs = Object.entries(template.Outputs ?? {}).map(([name, output]) => [
    name,
    resolve(output.Value, scope),
  ])
  return {
    stackName,
    resources: created,
    recorded,
    outputs: Object.fromEntries(outputs),
    ...record,
  }
}

function onlyStack(folder: string): string {
  const suffix = '.template.json'
  const found = readFolder(folder).filter((name) => name.endsWith(suffix))
  const [only] = found
  if (only && found.length === 1) return only.slice(0, -suffix.length)
  throw new DeployError(
    `${folder} has ${found.length} templates${only ? ` (${found.join(', ')}): name the stack` : ': run npm run synth'}`,
  )
}

function readTemplate(folder: string, stackName: string): Template {
  const file = `${stackName}.template.json`
  if (!readFolder(folder).includes(file)) {
    throw new DeployError(`${folder} has no ${file}: run npm run synth`)
  }
  return JSON.parse(readFileSync(join(folder, file), 'utf8'))
}

function readFolder(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    throw new DeployError(`${folder} cannot be read: run npm run synth`, { cause: error })
  }
}

const defaultsOf = (template: Template): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(template.Parameters ?? {}).map(([name, parameter]) => [name, parameter.Default]),
  )

/** At most 64 characters, which every service takes; the end of a logical id is what tells it apart. */
function physicalName(stackName: string, logicalId: string): string {
  const name = `${stackName}-${logicalId}`
  return name.length <= 64 ? name : `${name.slice(0, 55)}-${logicalId.slice(-8)}`
}

function placed(logicalId: string, type: string, error: Error): Error {
  if (error instanceof DeployError && error.message.startsWith(logicalId)) return error
  const known = error instanceof DeployError || error instanceof AwsError || error.name !== 'Error'
  return known
    ? new DeployError(`${logicalId} (${type}): ${error.message}`, { cause: error })
    : error
}
