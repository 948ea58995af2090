import { Stack, Validations } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { OPEN_ARNS, WILDCARDS } from '../wildcards.ts'

/** As far as it matters here, a statement. */
interface Granting {
  readonly actions: readonly string[]
  readonly resources: readonly string[]
}

/**
 * Tells cdk-nag why the wildcards of a role are there, by what `infra/wildcards.ts` says of their actions. A wildcard
 * that is not listed there stays a finding.
 */
export function acknowledgeWildcards(role: Construct, statements: readonly Granting[]): void {
  const reasons = new Map<string, string[]>()
  for (const { actions, resources } of statements) {
    for (const resource of resources.filter((one) => one.includes('*'))) {
      const known = resource === '*' ? WILDCARDS : OPEN_ARNS
      const whys = actions.map((action) => known[action] && `${action}: ${known[action]}`)
      if (whys.some((why) => why === undefined)) continue
      const id = `AwsSolutions-IAM5[Resource::${spelled(Stack.of(role).resolve(resource))}]`
      reasons.set(id, [...(reasons.get(id) ?? []), ...whys.filter((why) => why !== undefined)])
    }
  }
  for (const [id, whys] of reasons) {
    Validations.of(role).acknowledge({ id, reason: [...new Set(whys)].join('; ') })
  }
}

/** A resource as cdk-nag names it in a finding: references between `<` and `>`. */
function spelled(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value)
  if ('Fn::Join' in value && Array.isArray(value['Fn::Join'])) {
    const [separator, parts] = value['Fn::Join']
    return Array.isArray(parts) ? parts.map(spelled).join(String(separator)) : ''
  }
  if ('Ref' in value) return `<${value.Ref}>`
  if ('Fn::GetAtt' in value && Array.isArray(value['Fn::GetAtt'])) {
    return `<${value['Fn::GetAtt'].join('.')}>`
  }
  return JSON.stringify(value)
}
