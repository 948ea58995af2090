import type { Deployed } from '../../../local/deploy/index.ts'
import type { Grant as Used } from '../../../local/services/iam/policy/evaluate.ts'

export interface TemplateResource {
  Type: string
  Properties: Record<string, unknown>
  DependsOn?: string | string[]
}

export interface Template {
  Resources: Record<string, TemplateResource>
}

/** An action on a resource, of one allow statement of one policy of the template. */
export interface TemplateGrant {
  /** For people: policy, place in it, action and resource. */
  readonly id: string
  readonly action: string
  /** The grant as local IAM tells it when it allows something. */
  used(deployed: Deployed): Used
  /** Takes just this out of a template. */
  remove(template: Template): void
}

interface Statement {
  readonly Effect: string
  readonly Action: string | readonly string[]
  readonly Resource?: unknown
}

/** Where the statements of a policy stand in a resource's properties, and what local IAM calls the policy. */
interface Policy {
  readonly logicalId: string
  readonly name: string
  statementsOf(properties: Record<string, unknown>): Statement[]
  place(deployed: Deployed): string
}

/** Every grant of a template: of roles' policies, of their trust, of queues' policies, of functions'. */
export function templateGrants(template: Template): readonly TemplateGrant[] {
  return Object.entries(template.Resources).flatMap(([logicalId, resource]) => {
    if (resource.Type === 'AWS::Lambda::Permission') return [permission(logicalId, resource)]
    return policiesOf(logicalId, resource).flatMap((policy) =>
      policy
        .statementsOf(resource.Properties)
        .flatMap((statement, index) => grantsOf(policy, statement, index)),
    )
  })
}

const document = (given: unknown): Statement[] => (given as { Statement: Statement[] }).Statement

function policiesOf(logicalId: string, { Type, Properties }: TemplateResource): readonly Policy[] {
  const own = (place: Policy['place']): Policy => ({
    logicalId,
    name: logicalId,
    statementsOf: ({ PolicyDocument }) => document(PolicyDocument),
    place,
  })
  switch (Type) {
    case 'AWS::IAM::Policy':
    case 'AWS::IAM::ManagedPolicy':
      return [own(() => logicalId)]
    case 'AWS::SQS::QueuePolicy':
      return [own((deployed) => arnOf(deployed, onlyOf(Properties.Queues)))]
    case 'AWS::SNS::TopicPolicy':
      return [own((deployed) => arnOf(deployed, onlyOf(Properties.Topics)))]
    case 'AWS::IAM::Role':
      refuseAttachments(logicalId, Properties)
      return rolePolicies(logicalId, Properties)
    default:
      return []
  }
}

/** What AWS manages has grants that nobody here could take out one by one. */
function refuseAttachments(logicalId: string, { ManagedPolicyArns: given = [] }: Properties): void {
  const attached = given as readonly unknown[]
  if (attached.length === 0) return
  throw new Error(`${logicalId} has managed policies: ${JSON.stringify(attached)}`)
}

type Properties = TemplateResource['Properties']

function rolePolicies(logicalId: string, { Policies: inline = [] }: Properties): readonly Policy[] {
  const policies = inline as readonly { PolicyName: string; PolicyDocument: unknown }[]
  const named = (name: string, statementsOf: Policy['statementsOf']): Policy => ({
    logicalId,
    name: `${logicalId}/${name}`,
    statementsOf,
    place: () => `${logicalId}/${name}`,
  })
  return [
    named('AssumeRolePolicyDocument', (properties) =>
      document(properties.AssumeRolePolicyDocument),
    ),
    ...policies.map(({ PolicyName }, index) =>
      named(PolicyName, (properties) => {
        const { PolicyDocument } = (properties.Policies as typeof policies)[index] ?? {}
        return document(PolicyDocument)
      }),
    ),
  ]
}

const onlyOf = (references: unknown): string => {
  const [only, ...others] = references as readonly { Ref: string }[]
  if (!only || others.length > 0) throw new Error(`not one: ${JSON.stringify(references)}`)
  return only.Ref
}

const arnOf = ({ resources }: Deployed, logicalId: string): string => {
  const { attributes, ref } = resources.get(logicalId) ?? {}
  return String(attributes?.Arn ?? attributes?.TopicArn ?? ref ?? '')
}

function grantsOf(policy: Policy, statement: Statement, index: number): readonly TemplateGrant[] {
  if (statement.Effect !== 'Allow') return []
  const resources = statement.Resource === undefined ? [undefined] : [statement.Resource].flat()
  return [statement.Action].flat().flatMap((action, actionIndex) =>
    resources.map((resource, resourceIndex) => ({
      id: `${policy.name}[${index}]: ${action}${resource === undefined ? '' : ` on ${told(resource)}`}`,
      action,
      used: (deployed: Deployed): Used => ({
        place: `${policy.place(deployed)}[${index}]`,
        action: actionIndex,
        resource: resource === undefined ? undefined : resourceIndex,
      }),
      remove({ Resources }: Template) {
        const { Properties } = Resources[policy.logicalId] as TemplateResource
        const statements = policy.statementsOf(Properties)
        statements.splice(index, 1, ...without(statement, actionIndex, resourceIndex))
      },
    })),
  )
}

/** A statement in up to two pieces, which together lack one action on one resource and nothing else. */
function without(statement: Statement, action: number, resource: number): readonly Statement[] {
  const actions = [statement.Action].flat()
  const resources = [statement.Resource].flat()
  const others = actions.toSpliced(action, 1)
  const elsewhere = resources.toSpliced(resource, 1)
  return [
    ...(others.length > 0 ? [{ ...statement, Action: others }] : []),
    ...(elsewhere.length > 0
      ? [{ ...statement, Action: actions[action] ?? '', Resource: elsewhere }]
      : []),
  ]
}

function permission(logicalId: string, { Properties }: TemplateResource): TemplateGrant {
  const target = (Properties.FunctionName as { 'Fn::GetAtt': [string] })['Fn::GetAtt'][0]
  return {
    id: `${logicalId}: ${Properties.Action} on ${target}`,
    action: String(Properties.Action),
    used: (deployed) => ({
      place: `${arnOf(deployed, target)}/${logicalId}[0]`,
      action: 0,
      resource: 0,
    }),
    remove({ Resources }) {
      delete Resources[logicalId]
      for (const resource of Object.values(Resources)) {
        if (!resource.DependsOn) continue
        resource.DependsOn = [resource.DependsOn].flat().filter((one) => one !== logicalId)
      }
    },
  }
}

/** What a resource of a statement says, with references by their logical ids. */
function told(resource: unknown): string {
  if (typeof resource !== 'object' || resource === null) return String(resource)
  const [name = '', operand] = Object.entries(resource)[0] ?? []
  if (name === 'Fn::Join') return (operand as [string, unknown[]])[1].map(told).join('')
  if (name === 'Fn::GetAtt') return `<${(operand as [string, string]).join('.')}>`
  if (name === 'Ref') return `<${String(operand).replace('AWS::', '')}>`
  return JSON.stringify(resource)
}
