import type { Properties } from '../properties.ts'
import type { Creator } from './creator.ts'

/** AWS::IAM::Role */
export const role: Creator = ({ properties, services, defaultName, logicalId }) => {
  const name = properties.optional<string>('RoleName') ?? defaultName
  const path = properties.optional<string>('Path') ?? '/'
  const created = services.iam.state.putRole({
    name,
    path,
    trust: properties.required('AssumeRolePolicyDocument'),
    inline: inlinePolicies(properties),
    managed: properties.optional<readonly string[]>('ManagedPolicyArns') ?? [],
    source: logicalId,
  })
  properties.withoutEffect('Description', 'MaxSessionDuration', 'Tags')
  properties.end()
  return { ref: name, attributes: { Arn: created.arn, RoleId: `AROA${name}` } }
}

function inlinePolicies(properties: Properties): Readonly<Record<string, unknown>> {
  const policies = properties.list('Policies').map((policy) => {
    const entry = [
      policy.required<string>('PolicyName'),
      policy.required('PolicyDocument'),
    ] as const
    policy.end()
    return entry
  })
  return Object.fromEntries(policies)
}
