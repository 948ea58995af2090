import { AwsError } from '../../../wire/service.ts'

/** A policy that local AWS cannot evaluate as AWS would; told when it is written, not when it should have counted. */
export class PolicyError extends AwsError {
  constructor(message: string) {
    super('MalformedPolicyDocument', message)
  }
}
