import { ACCOUNT } from '../../account.ts'
import type { Call } from '../../wire/service.ts'
import { ADMINISTRATOR_ARN, type Iam } from '../iam/index.ts'
import { verifySignature } from './verify-signature.ts'

/**
 * The one answer that others build on: who signed is told only if they did. The administrator's secret can be any, so
 * it is not known here.
 */
export const getCallerIdentity = (iam: Iam) => (_input: object, call: Call) => {
  const session = iam.sessionOf(call.accessKeyId ?? '')
  const secret = iam.secretOf(call.accessKeyId ?? '')
  if (secret !== undefined && call.request) verifySignature(call.request, secret)
  return {
    Account: ACCOUNT,
    Arn: session?.arn ?? ADMINISTRATOR_ARN,
    UserId: session ? `AROALOCAL:${session.name}` : ACCOUNT,
  }
}
