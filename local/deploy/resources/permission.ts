import type { Creation, Made, ResourceType } from './resource-type.ts'

/** AWS::Lambda::Permission: a statement of the function's own policy, with the logical id for its own. */
export const permission: ResourceType = {
  async create({ properties, services, logicalId, defaultName }: Creation): Promise<Made> {
    await services.call('lambda', 'AddPermission', {
      StatementId: logicalId,
      FunctionName: properties.required('FunctionName'),
      Action: properties.required('Action'),
      Principal: properties.required('Principal'),
      SourceArn: properties.optional('SourceArn'),
      SourceAccount: properties.optional('SourceAccount'),
    })
    properties.end()
    return { ref: defaultName, attributes: { Id: defaultName } }
  },
  async update(update) {
    const { services, before } = update
    await services.call('lambda', 'RemovePermission', statementOf(before))
    return permission.create(update)
  },
  async delete({ services, standing }) {
    await services.call('lambda', 'RemovePermission', statementOf(standing))
  },
}

const statementOf = ({
  logicalId,
  properties,
}: {
  readonly logicalId: string
  readonly properties: Readonly<Record<string, unknown>>
}) => ({ StatementId: logicalId, FunctionName: properties.FunctionName })
