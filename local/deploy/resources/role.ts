import type { Properties } from '../properties.ts'
import type { Creation, Made, ResourceType } from './resource-type.ts'

/** AWS::IAM::Role */
export const role: ResourceType = {
  create({ properties, services, defaultName, logicalId }: Creation): Made {
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
  },
  async update(update) {
    const { iam } = update.services
    const former = iam.state.role(update.before.made.ref)
    const own = namesOf(update.before.properties.Policies)
    const attached = update.before.properties.ManagedPolicyArns
    // What resources of their own wrote into the role stays.
    const foreign = [...former.inline].filter(([name]) => !own.includes(name))
    const managed = [...former.managed].filter(
      (arn) => !(Array.isArray(attached) && attached.includes(arn)),
    )
    const made = await role.create(update)
    const present = iam.state.role(made.ref)
    for (const [name, document] of foreign) present.inline.set(name, document)
    for (const arn of managed) present.managed.add(arn)
    return made
  },
  replacedBy: ['RoleName', 'Path'],
  delete({ services, standing }) {
    services.iam.state.removeRole(standing.made.ref)
  },
}

function namesOf(policies: unknown): readonly string[] {
  return Array.isArray(policies) ? policies.map(({ PolicyName }) => String(PolicyName)) : []
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
