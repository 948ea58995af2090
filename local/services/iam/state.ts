import { ACCOUNT } from '../../account.ts'
import { AwsError } from '../../wire/service.ts'
import { AWS_MANAGED } from './aws-managed.ts'
import { type Document, parseDocument } from './policy/document.ts'

export interface Role {
  readonly name: string
  readonly arn: string
  /** Who may assume it. */
  trust: Document
  /** By the policy's name. */
  readonly inline: Map<string, Document>
  /** ARNs of managed policies. */
  readonly managed: Set<string>
}

export interface NewRole {
  readonly name: string
  /** `/` unless told. */
  readonly path?: string
  /** Policy documents, as JSON text or as what that says. */
  readonly trust: unknown
  readonly inline?: Readonly<Record<string, unknown>>
  readonly managed?: readonly string[]
  /** What messages call its policies; the role's name unless told. */
  readonly source?: string
}

/** Roles by name, managed policies by ARN. @throws {PolicyError} for a policy that cannot be evaluated. */
export class IamState {
  readonly #roles = new Map<string, Role>()
  readonly #managed = new Map<string, Document>(
    Object.entries(AWS_MANAGED).map(([arn, document]) => [
      arn,
      parseDocument(document, arn.split('/').at(-1) ?? arn),
    ]),
  )

  /** Makes a role, or makes it anew: what it had before is gone. */
  putRole({ name, path = '/', trust, inline = {}, managed = [], source = name }: NewRole): Role {
    for (const arn of managed) this.#requireManaged(arn)
    const role: Role = {
      name,
      arn: `arn:aws:iam::${ACCOUNT}:role${path}${name}`,
      trust: parseDocument(trust, `${source}/AssumeRolePolicyDocument`),
      inline: new Map(
        Object.entries(inline).map(([policy, document]) => [
          policy,
          parseDocument(document, `${source}/${policy}`),
        ]),
      ),
      managed: new Set(managed),
    }
    this.#roles.set(name, role)
    return role
  }

  roles(): readonly Role[] {
    return [...this.#roles.values()]
  }

  removeRole(name: string): void {
    this.#roles.delete(name)
  }

  /** By name or ARN. */
  findRole(nameOrArn: string): Role | undefined {
    const role = this.#roles.get(nameOrArn.split('/').at(-1) ?? '')
    return role && [role.name, role.arn].includes(nameOrArn) ? role : undefined
  }

  /** @throws {AwsError} */
  role(nameOrArn: string): Role {
    const role = this.findRole(nameOrArn)
    if (role) return role
    throw new AwsError('NoSuchEntity', `The role with name ${nameOrArn} cannot be found.`, 404)
  }

  putRolePolicy(role: string, policy: string, document: unknown, source = policy): void {
    this.role(role).inline.set(policy, parseDocument(document, source))
  }

  removeRolePolicy(role: string, policy: string): void {
    this.findRole(role)?.inline.delete(policy)
  }

  putManagedPolicy(arn: string, document: unknown, source = arn): void {
    this.#managed.set(arn, parseDocument(document, source))
  }

  removeManagedPolicy(arn: string): void {
    this.#managed.delete(arn)
    for (const role of this.#roles.values()) role.managed.delete(arn)
  }

  attach(role: string, policyArn: string): void {
    this.#requireManaged(policyArn)
    this.role(role).managed.add(policyArn)
  }

  detach(role: string, policyArn: string): void {
    this.findRole(role)?.managed.delete(policyArn)
  }

  /** Every statement that speaks for a role. */
  policiesOf(role: Role): Document {
    const managed = [...role.managed].map((arn) => this.#managed.get(arn) ?? [])
    return [...role.inline.values(), ...managed].flat()
  }

  #requireManaged(arn: string): void {
    if (this.#managed.has(arn)) return
    throw new AwsError('NoSuchEntity', `Policy ${arn} does not exist or is not attachable.`, 404)
  }
}
