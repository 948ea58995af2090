import * as schemas from '@aws-sdk/client-iam'
import { on } from '../../wire/authorization.ts'
import type { Service } from '../../wire/service.ts'
import type { Iam } from './index.ts'
import { simulatePrincipalPolicy } from './simulate.ts'

/** IAM's API, as far as somebody asks what a role may do. Roles are made by templates, and not through it. */
export function createIamApi(iam: Pick<Iam, 'state'>): Service {
  return {
    name: 'iam',
    schemas,
    authorization: {
      SimulatePrincipalPolicy: ({
        PolicySourceArn: arn = '',
      }: schemas.SimulatePrincipalPolicyCommandInput) => on('iam:SimulatePrincipalPolicy', arn),
    },
    supports: {
      SimulatePrincipalPolicy: [
        'PolicySourceArn',
        'ActionNames',
        'ResourceArns',
        'ContextEntries.ContextKeyName',
        'ContextEntries.ContextKeyValues',
        'ContextEntries.ContextKeyType',
      ],
    },
    operations: { SimulatePrincipalPolicy: simulatePrincipalPolicy(iam.state) },
  }
}
