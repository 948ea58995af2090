import { ACCOUNT } from '../../account.ts'
import type { Creator } from './creator.ts'

/** AWS::IAM::Policy: one document, written into each of its roles. */
export const policy: Creator = ({ properties, services, logicalId }) => {
  const name = properties.required<string>('PolicyName')
  const document = properties.required('PolicyDocument')
  for (const role of properties.required<readonly string[]>('Roles')) {
    services.iam.state.putRolePolicy(role, name, document, logicalId)
  }
  properties.end()
  return { ref: name, attributes: { Id: name } }
}

/** AWS::IAM::ManagedPolicy */
export const managedPolicy: Creator = ({ properties, services, defaultName, logicalId }) => {
  const name = properties.optional<string>('ManagedPolicyName') ?? defaultName
  const path = properties.optional<string>('Path') ?? '/'
  const arn = `arn:aws:iam::${ACCOUNT}:policy${path}${name}`
  services.iam.state.putManagedPolicy(arn, properties.required('PolicyDocument'), logicalId)
  for (const role of properties.optional<readonly string[]>('Roles') ?? []) {
    services.iam.state.attach(role, arn)
  }
  properties.withoutEffect('Description')
  properties.end()
  return { ref: arn, attributes: { PolicyArn: arn } }
}
