import type { CustomResourceRequest } from '../custom-resources/invoke.ts'
import type { CustomResourceResponse } from '../custom-resources/responses.ts'
import { stackId } from '../intrinsics.ts'
import { DeployError } from '../template.ts'
import {
  type DeployServices,
  type Made,
  PartlyMade,
  type ResourceType,
  type Standing,
} from './resource-type.ts'

/** As CloudFormation has it where a template says nothing. */
const TIMEOUT_SECONDS = 3600

type Properties = Readonly<Record<string, unknown>>

/** `Custom::…` and AWS::CloudFormation::CustomResource: a function of the account makes it. */
export const customResource: ResourceType = {
  async create({ services, properties, logicalId, stackName, type }) {
    const response = await ask(services, properties.others(), {
      RequestType: 'Create',
      ...placeOf(stackName, logicalId, type),
    })
    return madeOf(response, undefined)
  },
  async update({ services, properties, logicalId, stackName, type, before }) {
    const wanted = properties.others()
    if (wanted.ServiceToken !== before.properties.ServiceToken) {
      properties.refuse('Modifying service token is not allowed: give it another logical id')
    }
    const response = await ask(services, wanted, {
      RequestType: 'Update',
      ...placeOf(stackName, logicalId, type),
      PhysicalResourceId: before.made.ref,
      OldResourceProperties: asText(before.properties) as Properties,
    })
    return madeOf(response, before)
  },
  async delete({ services, standing, stackName }) {
    const response = await ask(services, standing.properties, {
      RequestType: 'Delete',
      ...placeOf(stackName, standing.logicalId, standing.type),
      PhysicalResourceId: standing.made.ref,
    })
    if (response.Status === 'FAILED') throw refused(response)
  },
}

const placeOf = (stackName: string, logicalId: string, type: string) => ({
  StackId: stackId(stackName),
  LogicalResourceId: logicalId,
  ResourceType: type,
})

function ask(
  { customResource: invoke }: DeployServices,
  properties: Properties,
  request: Omit<CustomResourceRequest, 'ServiceToken' | 'ResourceProperties'>,
): Promise<CustomResourceResponse> {
  const { ServiceToken, ServiceTimeout = TIMEOUT_SECONDS } = properties
  if (typeof ServiceToken !== 'string' || ServiceToken.split(':')[2] !== 'lambda') {
    throw new DeployError(
      `${request.LogicalResourceId}: ServiceToken is ${ServiceToken}; local AWS has functions alone`,
    )
  }
  const ResourceProperties = asText(properties) as Properties
  return invoke({ ...request, ServiceToken, ResourceProperties }, Number(ServiceTimeout))
}

/** CloudFormation gives numbers and booleans to a function as text. */
function asText(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asText)
  if (typeof value !== 'object' || value === null) return String(value)
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, asText(one)]))
}

/** @throws {PartlyMade} where it failed but says what it made: that is deleted. */
function madeOf(response: CustomResourceResponse, before: Standing | undefined): Made {
  const { Status, PhysicalResourceId: ref = before?.made.ref, Data: attributes = {} } = response
  if (Status === 'SUCCESS' && ref) return { ref, attributes }
  const error =
    Status === 'FAILED'
      ? refused(response)
      : new DeployError('the answer has no PhysicalResourceId')
  if (ref && !before) throw new PartlyMade({ ref, attributes }, error)
  throw error
}

/** Without the trace that the provider framework adds. */
function refused({ Reason: reason = 'no reason' }: CustomResourceResponse): DeployError {
  const words = reason
    .split('\n')
    .filter((line) => !/^\s+at /.test(line))
    .join('\n')
    .trim()
  return new DeployError(
    `Received response status [FAILED] from custom resource. Message returned: ${words}`,
  )
}
