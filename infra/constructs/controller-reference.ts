import { Stack } from 'aws-cdk-lib'
import { Construct } from 'constructs'
import type { ArnPlace } from '../../core/model/reaching-functions.ts'
import { checkControllerName, definitionsFunctionArn } from './controller-names.ts'

/** What a canary needs of its controller, which may be of another stack or app of the same account and region. */
export interface ICanaryController {
  readonly controllerName: string
  /** The function that CloudFormation tells of definitions. */
  readonly serviceToken: string
}

/** A controller that is deployed from elsewhere. All that is needed of it follows from its name. */
export class ControllerReference extends Construct implements ICanaryController {
  readonly controllerName: string
  readonly serviceToken: string

  /** @throws {TypeError} where no controller can have the name. */
  constructor(scope: Construct, id: string, name: string) {
    super(scope, id)
    this.controllerName = checkControllerName(name)
    this.serviceToken = definitionsFunctionArn(placeOf(this), name)
  }
}

/** Where a construct is deployed, as tokens where its stack is of no certain account or region. */
export function placeOf(scope: Construct): ArnPlace {
  const { partition, region, account } = Stack.of(scope)
  return { partition, region, account }
}
