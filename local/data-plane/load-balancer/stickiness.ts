import type { ForwardActionConfig } from '@aws-sdk/client-elastic-load-balancing-v2'

const COOKIE = 'AWSALBTG'

interface Held {
  readonly targetGroup: string
  /** Milliseconds since the epoch. */
  readonly until: number
}

/**
 * The target group that the client's cookie holds it to, if stickiness is on and the group is still one of the
 * action's. Its weight makes no difference: a client stays until its cookie ends.
 */
export function heldTargetGroup(
  config: ForwardActionConfig,
  cookies: string | undefined,
  now: number,
): string | undefined {
  if (!config.TargetGroupStickinessConfig?.Enabled) return undefined
  const text = new RegExp(`(?:^|;\\s*)${COOKIE}=([^;]+)`).exec(cookies ?? '')?.[1]
  const held = text === undefined ? undefined : decode(text)
  if (!held || held.until <= now) return undefined
  const groups = config.TargetGroups ?? []
  return groups.some(({ TargetGroupArn }) => TargetGroupArn === held.targetGroup)
    ? held.targetGroup
    : undefined
}

/** The cookie that a load balancer sends with every answer of a sticky action. */
export function stickinessCookie(
  config: ForwardActionConfig,
  targetGroup: string,
  now: number,
): string | undefined {
  const { Enabled, DurationSeconds = 0 } = config.TargetGroupStickinessConfig ?? {}
  if (!Enabled) return undefined
  const held: Held = { targetGroup, until: now + DurationSeconds * 1_000 }
  const text = Buffer.from(JSON.stringify(held)).toString('base64url')
  return `${COOKIE}=${text}; Expires=${new Date(held.until).toUTCString()}; Path=/`
}

/** A cookie that is not one of ours holds nobody: AWS's are opaque, so nobody can rely on making one. */
function decode(text: string): Held | undefined {
  try {
    const held: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
    return typeof held === 'object' && held !== null && 'targetGroup' in held && 'until' in held
      ? (held as Held)
      : undefined
  } catch {
    return undefined
  }
}
