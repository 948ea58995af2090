/** The functions that touch a canary's own resources, and so assume its role. */
export const REACHING = [
  'define',
  'trigger',
  'retrigger',
  'prepare',
  'ready',
  'shift',
  'verify',
  'assess',
  'promote',
  'fail-back',
  'scale-down',
] as const
export type ReachingFunction = (typeof REACHING)[number]

/** The session tag by which a canary's role tells one function from another. */
export const FUNCTION_TAG = 'sluice:function'

/** An account's place: what ARNs are made of. CDK's tokens will do. */
export interface ArnPlace {
  readonly partition: string
  readonly region: string
  readonly account: string
}
