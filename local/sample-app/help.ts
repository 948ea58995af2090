import { GRAMMAR } from './faults.ts'

const examples = Object.values(GRAMMAR).flatMap((grammar) => grammar.examples)

export const helpText = `The sample application: answers / with a greeting and /health with 200, and misbehaves as it is told.

  node main.ts

It takes everything from its environment.

  SLOT, VERSION   what it says of itself, in the headers x-slot and x-version
  PORT, HOST      where it serves (default: 8080, on all addresses)
  LATENCY=20      how many milliseconds an answer takes (default: 0)
  DEPENDENCY=URL  asks there for each request, and answers 502 when that fails: give it to both slots, and what
                  fails there fails for both
  SEED=1          with which request a share begins (default: 0)
  FAULTS=LIST     what is wrong with this version, parted by commas; faults go together:

${examples.map(([text, meaning]) => `    ${text.padEnd(18)}${meaning}`).join('\n')}

  ERRORS=5%, UNHEALTHY=1, CRASH_AFTER=20000 (milliseconds) say the same as errors, unhealthy and crash-after.

Shares are spread evenly: 5 % is every 20th request. Of several latencies, factors come before additions.
At SIGTERM it answers what is under way and ends with 0. It writes no files.
`
