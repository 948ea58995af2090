import type { ArnPlace, ReachingFunction } from '../../core/model/reaching-functions.ts'
import type { FunctionName } from '../function-names.ts'

/**
 * The names that a controller's parts have. They follow from its own name, so that a canary in another stack or app
 * finds them without an export that would tie the two stacks together.
 */
export const DEFAULT_CONTROLLER_NAME = 'sluice'

/** Longest of all: a role's name of at most 64 characters, with a region of 14 and `definitions` in it. */
const CONTROLLER_NAME = /^[A-Za-z][A-Za-z0-9-]{0,35}$/

/** @throws {TypeError} where names made of it would be refused by IAM, Lambda or Step Functions. */
export function checkControllerName(name: string): string {
  if (CONTROLLER_NAME.test(name)) return name
  throw new TypeError(
    `controller name (${JSON.stringify(name)}): use a letter, then up to 35 letters, digits or "-"; functions and roles are named after it`,
  )
}

export function functionNameOf(controller: string, name: FunctionName | 'definitions'): string {
  return `${controller}-${name}`
}

/** With the region in it, for roles are an account's and not a region's. */
export function functionRoleName(
  controller: string,
  region: string,
  name: FunctionName | 'definitions',
): string {
  return `${controller}-${region}-${name}`
}

export function functionRoleArn(
  { partition, region, account }: ArnPlace,
  controller: string,
  name: ReachingFunction,
): string {
  return `arn:${partition}:iam::${account}:role/${functionRoleName(controller, region, name)}`
}

/** The function that CloudFormation tells of definitions: CDK's provider framework, in front of `define`. */
export function definitionsFunctionArn(
  { partition, region, account }: ArnPlace,
  controller: string,
): string {
  return `arn:${partition}:lambda:${region}:${account}:function:${functionNameOf(controller, 'definitions')}`
}

/** IAM's path of a canary's role: what the controller's functions may assume. */
export function canaryRolePath(controller: string): string {
  return `/${controller}/canary/`
}

export function canaryRolesArn(
  { partition, account }: Omit<ArnPlace, 'region'>,
  controller: string,
): string {
  return `arn:${partition}:iam::${account}:role${canaryRolePath(controller)}*`
}
