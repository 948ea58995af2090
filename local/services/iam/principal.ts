import { ACCOUNT } from '../../account.ts'

/** Who makes a request. */
export type Principal =
  /** The account's administrator: whoever signs with a key that local IAM did not issue. */
  | { readonly kind: 'administrator' }
  /** Somebody who assumed a role. */
  | { readonly kind: 'session'; readonly session: Session }
  /** A service of AWS that acts by itself. */
  | {
      readonly kind: 'service'
      /** `events.amazonaws.com` */
      readonly name: string
      /** On whose behalf: a rule, an alarm. */
      readonly sourceArn?: string
    }

export interface Session {
  readonly roleArn: string
  readonly name: string
  /** `arn:aws:sts::123456789012:assumed-role/<role>/<name>` */
  readonly arn: string
  readonly tags: Readonly<Record<string, string>>
  /** Milliseconds since the epoch; without, never. */
  readonly expiresAt?: number
}

export const ADMINISTRATOR: Principal = { kind: 'administrator' }

export const ADMINISTRATOR_ARN = `arn:aws:iam::${ACCOUNT}:root`

/** The session's ARN has the role's name, without its path. */
export const sessionArn = (roleArn: string, name: string): string =>
  `arn:aws:sts::${ACCOUNT}:assumed-role/${roleArn.split('/').at(-1)}/${name}`

/** As messages of AWS call them. */
export function namedPrincipal(principal: Principal): string {
  if (principal.kind === 'administrator') return ADMINISTRATOR_ARN
  return principal.kind === 'session' ? principal.session.arn : principal.name
}
