import { ACCOUNT } from '../../account.ts'
import type { Creation, Made, ResourceType, Standing } from './resource-type.ts'

/** AWS::IAM::Policy: one document, written into each of its roles. */
export const policy: ResourceType = {
  create({ properties, services, logicalId }: Creation): Made {
    const name = properties.required<string>('PolicyName')
    const document = properties.required('PolicyDocument')
    for (const role of properties.required<readonly string[]>('Roles')) {
      services.iam.state.putRolePolicy(role, name, document, logicalId)
    }
    properties.end()
    return { ref: name, attributes: { Id: name } }
  },
  async update(update) {
    const made = await policy.create(update)
    const kept = update.properties.required<readonly string[]>('Roles')
    for (const role of rolesOf(update.before)) {
      if (!kept.includes(role)) update.services.iam.state.removeRolePolicy(role, made.ref)
    }
    return made
  },
  replacedBy: ['PolicyName'],
  delete({ services, standing }) {
    for (const role of rolesOf(standing)) {
      services.iam.state.removeRolePolicy(role, standing.made.ref)
    }
  },
}

/** AWS::IAM::ManagedPolicy */
export const managedPolicy: ResourceType = {
  create({ properties, services, defaultName, logicalId }: Creation): Made {
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
  },
  async update(update) {
    const made = await managedPolicy.create(update)
    const kept = update.properties.optional<readonly string[]>('Roles') ?? []
    for (const role of rolesOf(update.before)) {
      if (!kept.includes(role)) update.services.iam.state.detach(role, made.ref)
    }
    return made
  },
  replacedBy: ['ManagedPolicyName', 'Path', 'Description'],
  delete({ services, standing }) {
    services.iam.state.removeManagedPolicy(standing.made.ref)
  },
}

function rolesOf({ properties }: Standing): readonly string[] {
  return Array.isArray(properties.Roles) ? properties.Roles : []
}
