import { randomBytes } from 'node:crypto'
import { ExpiredToken } from '../../wire/refusal.ts'
import { ADMINISTRATOR, type Principal, type Session, sessionArn } from './principal.ts'

/** What a client signs with. */
export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
  readonly expiration?: Date
}

export interface NewSession {
  readonly roleArn: string
  readonly name: string
  readonly tags?: Readonly<Record<string, string>>
  /** Without, the credentials never expire. */
  readonly seconds?: number
}

export interface Sessions {
  issue(session: NewSession): Credentials
  /** Undefined for a key that was not issued here. */
  sessionOf(accessKeyId: string): Session | undefined
  /** What the key's requests are signed with; undefined for a key that was not issued here. */
  secretOf(accessKeyId: string): string | undefined
  /** @throws {ExpiredToken} for credentials that have expired. */
  principalOf(accessKeyId: string | undefined): Principal
}

export function createSessions(): Sessions {
  const byKey = new Map<string, Session>()
  const secrets = new Map<string, string>()
  return {
    issue({ roleArn, name, tags = {}, seconds }) {
      const secretAccessKey = randomBytes(30).toString('base64')
      // Temporary keys of AWS begin so too.
      const accessKeyId = `ASIA${randomBytes(8).toString('hex').toUpperCase()}`
      const expiresAt = seconds === undefined ? undefined : Date.now() + seconds * 1000
      secrets.set(accessKeyId, secretAccessKey)
      byKey.set(accessKeyId, {
        roleArn,
        name,
        arn: sessionArn(roleArn, name),
        tags,
        ...(expiresAt === undefined ? {} : { expiresAt }),
      })
      return {
        accessKeyId,
        secretAccessKey,
        sessionToken: randomBytes(96).toString('base64'),
        ...(expiresAt === undefined ? {} : { expiration: new Date(expiresAt) }),
      }
    },
    sessionOf: (accessKeyId) => byKey.get(accessKeyId),
    secretOf: (accessKeyId) => secrets.get(accessKeyId),
    principalOf(accessKeyId) {
      const session = byKey.get(accessKeyId ?? '')
      if (!session) return ADMINISTRATOR
      if (session.expiresAt !== undefined && session.expiresAt <= Date.now()) {
        throw new ExpiredToken()
      }
      return { kind: 'session', session }
    },
  }
}
