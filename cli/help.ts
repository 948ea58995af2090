import type { Command } from './command.ts'

/** What follows the list of commands. */
export function programHelp(): string {
  return [
    '',
    'Examples:',
    '  sluice list                          every canary of this account and region',
    '  sluice watch web                     follow the rollout of web as it goes',
    '  sluice abort web --reason "alert"    all traffic back, now',
    '  sluice status web --json | jq .status',
    '',
    'It acts as whoever calls it: with the AWS credentials, region and profile that the AWS CLI has.',
    'Exit codes: 0 done, 1 failed back or refused, 2 usage, 3 AWS error. More: docs/cli.md.',
    '',
  ].join('\n')
}

/** What follows a command's options. */
export function commandHelp({ details, examples }: Command): string {
  return [
    ...(details === undefined ? [] : ['', details]),
    '',
    'Examples:',
    ...examples.flatMap(({ what, type }) => [`  # ${what}`, `  ${type}`]),
    '',
  ].join('\n')
}
