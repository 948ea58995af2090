import { type ArnPlace, FUNCTION_TAG, REACHING } from '../../core/model/reaching-functions.ts'
import { functionRoleArn } from './controller-names.ts'

/** A role's trust policy, as IAM reads it. */
export interface TrustDocument {
  readonly Version: '2012-10-17'
  readonly Statement: readonly {
    readonly Effect: 'Allow'
    readonly Principal: { readonly AWS: string }
    readonly Action: readonly string[]
    readonly Condition: Readonly<
      Record<string, Readonly<Record<string, string | readonly string[]>>>
    >
  }[]
}

/**
 * Who may be the canary: the controller's functions, and only as one of them. The account is named and the roles
 * are a condition, since IAM would resolve roles named as principals to their present ids, which a controller that
 * is deleted and deployed again does not have any more.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function canaryTrust(place: ArnPlace, controller: string): TrustDocument {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: `arn:${place.partition}:iam::${place.account}:root` },
        Action: ['sts:AssumeRole', 'sts:TagSession'],
        Condition: {
          ArnEquals: {
            'aws:PrincipalArn': REACHING.map((name) => functionRoleArn(place, controller, name)),
          },
          // Without the tag no statement of the role would hold; refused here, the error says why.
          Null: { [`aws:RequestTag/${FUNCTION_TAG}`]: 'false' },
        },
      },
    ],
  }
}
