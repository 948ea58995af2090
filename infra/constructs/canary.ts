import { createHash } from 'node:crypto'
import { CustomResource, Stack, Validations } from 'aws-cdk-lib'
import { CfnRole } from 'aws-cdk-lib/aws-iam'
import { Construct } from 'constructs'
import { canaryStatements, type PolicyStatementJson } from '../../core/model/canary-grants.ts'
import { acknowledgeWildcards } from './acknowledge-wildcards.ts'
import { CanaryPropsError, readAtSynth, roleIssues, type SynthReading } from './canary-issues.ts'
import { canaryTrust } from './canary-trust.ts'
import { canaryRolePath } from './controller-names.ts'
import { type ICanaryController, placeOf } from './controller-reference.ts'
import { type CanaryDefinitionProps, definitionInput, type UserPools } from './definition-input.ts'
import { forwardIssues, userPoolIssues } from './forward-action.ts'

export interface CanaryProps extends CanaryDefinitionProps {
  readonly controller: ICanaryController
  /** User pools that the rule's or listener's actions authenticate by; none unless told. */
  readonly userPools?: UserPools
}

/**
 * A service that is rolled out step by step: its definition in the controller's table, and the role by which the
 * controller's functions reach its services, router and checks, and no other canary's.
 *
 * What the definition points at has to stand when it is written. Constructs that are named here are waited for;
 * for the weighted records of a hosted zone say `canary.node.addDependency(…)`.
 *
 * An update writes the definition anew and leaves the state alone. A deletion takes the definition away and is
 * refused while a rollout is active; but CloudFormation goes on to delete the role where the canary, and not its whole
 * stack, was removed (docs/guide/clean-up.md).
 */
export class Canary extends Construct {
  readonly canaryName: string
  readonly roleArn: string

  /** @throws {CanaryPropsError} which names all that is wrong, before anything is deployed. */
  constructor(scope: Construct, id: string, props: CanaryProps) {
    super(scope, id)
    const { controller, userPools = [], ...definitionProps } = props
    const input = definitionInput(definitionProps, id)
    const reading = readAtSynth(Stack.of(this), input)
    const orphan = controller === undefined ? [NO_CONTROLLER] : []
    if (reading.kind === 'broken' || orphan.length > 0) {
      const broken = reading.kind === 'broken' ? reading.issues : []
      throw new CanaryPropsError(this, [...orphan, ...broken, ...routingIssues(props)])
    }
    const tooMuch = roleIssues(reading.definition)
    if (tooMuch.length > 0) throw new CanaryPropsError(this, tooMuch)
    this.canaryName = reading.stoodIn.restore(reading.definition.canary)
    this.roleArn = this.createRole(controller, reading, poolArns(userPools)).attrArn
    const definition = new CustomResource(this, 'Definition', {
      serviceToken: controller.serviceToken,
      resourceType: 'Custom::SluiceCanary',
      // As text: CloudFormation would turn numbers and booleans into texts one by one.
      properties: { Definition: Stack.of(this).toJsonString({ ...input, role: this.roleArn }) },
    })
    // A metric's dimensions may name the candidate's place, as `${targetGroup}`: Sluice fills it in, not CloudFormation.
    Validations.of(definition).acknowledge({
      id: 'CloudFormation-Validate::E1029',
      reason: 'placeholders of a canary, in the text of its definition',
    })
    if (controller instanceof Construct) definition.node.addDependency(controller)
    // A rule's actions may still be changed after this.
    this.node.addValidation({ validate: () => [...routingIssues(props)] })
  }

  /**
   * Another role for another place: what moves traffic is never regranted under an active rollout. `define` refuses
   * such an update while one is, and the stack then takes the new role back and leaves the old one as it was.
   */
  private createRole(
    controller: ICanaryController,
    { definition, stoodIn }: Extract<SynthReading, { kind: 'sound' }>,
    userPools: readonly string[],
  ): CfnRole {
    const place = placeOf(this)
    const { slots, router } = definition
    const where = Stack.of(this).resolve(stoodIn.restore({ slots, router }))
    const statements = stoodIn.restore(canaryStatements({ ...place, definition, userPools }))
    const role = new CfnRole(this, `Role${digest(where)}`, {
      path: canaryRolePath(controller.controllerName),
      description: `What Sluice may do for the canary ${this.canaryName}`,
      assumeRolePolicyDocument: canaryTrust(place, controller.controllerName),
      policies: [{ policyName: 'canary', policyDocument: document(statements) }],
    })
    acknowledgeWildcards(
      role,
      statements.map((one) => ({ actions: one.Action, resources: one.Resource })),
    )
    return role
  }
}

/** What types forbid, and Node.js, which only leaves them out, does not. */
const NO_CONTROLLER =
  'controller: is missing; give the CanaryController of this app, or CanaryController.fromName(…) for one of another'

function routingIssues(props: CanaryProps): readonly string[] {
  return [...forwardIssues(props), ...userPoolIssues(props)]
}

function poolArns(userPools: UserPools): readonly string[] {
  return userPools.map((pool) => (typeof pool === 'object' ? pool.userPoolArn : pool))
}

function document(statements: readonly PolicyStatementJson[]) {
  return { Version: '2012-10-17', Statement: statements }
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 8)
}
