import type { Creator } from './creator.ts'
import { callOperation } from './operation.ts'

/** AWS::Lambda::Permission: a statement of the function's own policy, with the logical id for its own. */
export const permission: Creator = async ({ properties, services, logicalId, defaultName }) => {
  await callOperation(services.lambda, 'AddPermission', {
    StatementId: logicalId,
    FunctionName: properties.required('FunctionName'),
    Action: properties.required('Action'),
    Principal: properties.required('Principal'),
    SourceArn: properties.optional('SourceArn'),
    SourceAccount: properties.optional('SourceAccount'),
  })
  properties.end()
  return { ref: defaultName, attributes: { Id: defaultName } }
}
