import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts'
import { RoleError, TransientError } from '../core/errors.ts'
import { FUNCTION_TAG } from '../core/model/reaching-functions.ts'
import { answered, described } from './aws-errors.ts'

/** A session's credentials, as SDK clients take them. */
export interface RoleCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
  readonly expiration: Date
}

export interface RoleSessions {
  /** A provider for SDK clients. Asks nobody before it is called. */
  credentialsOf(canary: {
    readonly canary: string
    readonly role: string
  }): () => Promise<RoleCredentials>
}

/**
 * The most that a role assumed by a role may ask for.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining
 */
const SESSION_SECONDS = 3_600

/** SDK clients ask for others when theirs are to expire within five minutes: kept no longer, so that they get them. */
const RENEWED_BEFORE_MS = 300_000

/**
 * Assumes canaries' roles as one function. Each provider asks once an hour, also where many requests want
 * credentials at once; a failure is not kept.
 */
export function createRoleSessions(
  sts: STSClient,
  { functionName, now }: { readonly functionName: string; readonly now: () => number },
): RoleSessions {
  async function assume(canary: string, role: string): Promise<RoleCredentials> {
    const command = new AssumeRoleCommand({
      RoleArn: role,
      RoleSessionName: sessionName(canary),
      DurationSeconds: SESSION_SECONDS,
      Tags: [{ Key: FUNCTION_TAG, Value: functionName }],
    })
    const place = `role ${role} of canary ${canary}`
    const { Credentials } = await named(
      place,
      functionName,
      answered('STS AssumeRole', place, sts.send(command)),
    )
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials ?? {}
    if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration) {
      throw new RoleError(`${place}: STS AssumeRole answered no whole credentials`)
    }
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      expiration: Expiration,
    }
  }

  return {
    credentialsOf({ canary, role }) {
      let held: RoleCredentials | undefined
      let underWay: Promise<RoleCredentials> | undefined
      const left = () => (held ? held.expiration.getTime() - now() : 0)

      async function renew(): Promise<RoleCredentials> {
        try {
          held = await assume(canary, role)
          return held
        } catch (error) {
          // A throttle is no reason to stop while the present ones are good.
          if (error instanceof TransientError && held && left() > 0) return held
          throw error
        } finally {
          underWay = undefined
        }
      }

      return async () => {
        if (held && left() >= RENEWED_BEFORE_MS) return held
        underWay ??= renew()
        return underWay
      }
    },
  }
}

/** What CloudTrail calls the session. Two characters at least, where a canary's name may have one. */
function sessionName(canary: string): string {
  return canary.length < 2 ? `canary-${canary}` : canary
}

/** What STS refused becomes an error that names the role; what a retry may mend stays what it is. */
async function named<Output>(
  place: string,
  functionName: string,
  asked: Promise<Output>,
): Promise<Output> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof TransientError) throw error
    throw new RoleError(
      `${place} cannot be assumed by the function ${functionName}: ${described(error)}; correct "role", or make it a role that trusts the controller's functions and their session tag ${FUNCTION_TAG}`,
      { cause: error },
    )
  }
}
