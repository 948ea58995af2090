import type { OptionSpec } from './command.ts'

/** What may be said with every command. */
export const SHARED_OPTIONS: readonly OptionSpec[] = [
  { flags: '--json', describe: 'a documented JSON document instead of text (docs/cli.md)' },
  { flags: '--region <region>', describe: 'AWS region; AWS_REGION, or the profile’s, unless told' },
  { flags: '--profile <name>', describe: 'profile of ~/.aws/config and ~/.aws/credentials' },
  { flags: '--endpoint-url <url>', describe: 'where AWS is, for local AWS' },
  { flags: '--controller <name>', describe: 'the controller’s name; "sluice" unless told' },
]

export interface SharedOptions {
  readonly json?: boolean
  readonly region?: string
  readonly profile?: string
  readonly endpointUrl?: string
  readonly controller?: string
}
