import type { Command } from './command.ts'
import { wrapped } from './view/text.ts'

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

/** What follows a command's options, in lines of at most `width`; examples are never broken. */
export function commandHelp({ details, examples }: Command, width: number): string {
  return [
    ...(details === undefined ? [] : ['', ...wrapped(details, width)]),
    '',
    'Examples:',
    ...examples.flatMap(({ what, type }) => [`  # ${what}`, `  ${type}`]),
    '',
  ].join('\n')
}
