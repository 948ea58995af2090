import * as schemas from '@aws-sdk/client-sts'
import type { Service } from '../../wire/service.ts'
import type { Iam } from '../iam/index.ts'
import { assumeRole, assumeRoleRequirements } from './assume-role.ts'
import { getCallerIdentity } from './caller-identity.ts'

/** Sessions of roles, as far as functions and people need them. */
export function createSts(iam: Iam): Service {
  return {
    name: 'sts',
    schemas,
    authorization: {
      AssumeRole: assumeRoleRequirements,
      // No policy is needed to ask who one is, and none forbids it.
      GetCallerIdentity: () => [],
    },
    operations: { AssumeRole: assumeRole(iam), GetCallerIdentity: getCallerIdentity(iam) },
    supports: { AssumeRole: ['RoleArn', 'RoleSessionName', 'DurationSeconds', 'Tags'] },
  }
}
