import type { AssumeRoleRequest } from '@aws-sdk/client-sts'
import type { Requirement } from '../../wire/authorization.ts'
import { AccessDenied } from '../../wire/refusal.ts'
import { AwsError, type Call } from '../../wire/service.ts'
import { type Iam, sessionArn } from '../iam/index.ts'

const HOUR_SECONDS = 3_600

/**
 * What the caller needs, of its own policies and of the role's trust. Session tags are a permission of their own.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
 */
export function assumeRoleRequirements(input: AssumeRoleRequest): readonly Requirement[] {
  const { RoleArn: role = '', RoleSessionName: name = '', Tags: tags = [] } = input
  const tagged = Object.fromEntries(
    tags.map(({ Key: key, Value: value = '' }) => [`aws:RequestTag/${key}`, value] as const),
  )
  const context = {
    'sts:RoleSessionName': name,
    ...(tags.length > 0 ? { 'aws:TagKeys': tags.map(({ Key: key = '' }) => key) } : {}),
    ...tagged,
  }
  const actions = tags.length > 0 ? ['sts:AssumeRole', 'sts:TagSession'] : ['sts:AssumeRole']
  return actions.map((action) => ({ action, resources: [role], context, byTrust: true }))
}

export const assumeRole = (iam: Iam) => (input: AssumeRoleRequest, call: Call) => {
  const { RoleArn: roleArn = '', RoleSessionName: name = '', Tags: tags = [] } = input
  const chained = iam.sessionOf(call.accessKeyId ?? '') !== undefined
  const seconds = input.DurationSeconds ?? HOUR_SECONDS
  checkName(name)
  checkDuration(seconds, chained)
  // As STS says it: whether there is such a role is nobody's business.
  if (!iam.state.findRole(roleArn)) {
    throw new AccessDenied(`sts:AssumeRole is not allowed, or there is no role ${roleArn}`)
  }
  const given = Object.fromEntries(
    tags.map(({ Key: key = '', Value: value = '' }) => [key, value] as const),
  )
  const { expiration, ...credentials } = iam.issue({ roleArn, name, tags: given, seconds })
  return {
    Credentials: {
      AccessKeyId: credentials.accessKeyId,
      SecretAccessKey: credentials.secretAccessKey,
      SessionToken: credentials.sessionToken,
      Expiration: expiration,
    },
    AssumedRoleUser: { AssumedRoleId: `AROALOCAL:${name}`, Arn: sessionArn(roleArn, name) },
  }
}

function checkName(name: string): void {
  if (/^[\w+=,.@-]{2,64}$/.test(name)) return
  throw new AwsError(
    'ValidationError',
    `Value '${name}' at 'roleSessionName' failed to satisfy constraint: 2 to 64 letters, digits or any of _+=,.@-`,
  )
}

/** A role's session may not outlast an hour where it was assumed by another role's. */
function checkDuration(seconds: number, chained: boolean): void {
  if (chained && seconds > HOUR_SECONDS) {
    throw new AwsError(
      'ValidationError',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    )
  }
  if (seconds >= 900 && seconds <= 12 * HOUR_SECONDS) return
  throw new AwsError(
    'ValidationError',
    `Value '${seconds}' at 'durationSeconds' failed to satisfy constraint: from 900 to 43200`,
  )
}
