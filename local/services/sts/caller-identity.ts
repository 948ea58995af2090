import { ACCOUNT } from '../../account.ts'
import type { Call } from '../../wire/service.ts'
import { ADMINISTRATOR_ARN, type Iam } from '../iam/index.ts'

export const getCallerIdentity = (iam: Iam) => (_input: object, call: Call) => {
  const session = iam.sessionOf(call.accessKeyId ?? '')
  return {
    Account: ACCOUNT,
    Arn: session?.arn ?? ADMINISTRATOR_ARN,
    UserId: session ? `AROALOCAL:${session.name}` : ACCOUNT,
  }
}
