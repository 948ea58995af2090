import { parseArgs } from 'node:util'
import { ROUTERS, type RouterName } from './environment/environment.ts'
import { SCENARIOS, type ScenarioName, scenarioNames } from './scenarios/index.ts'
import { UsageError } from './usage-error.ts'

export interface Options {
  readonly scenario: ScenarioName
  /** Undefined: the scenario's own choice. */
  readonly router: RouterName | undefined
  readonly serve: boolean
  /** Of the AWS endpoint; 0 lets the system choose. */
  readonly port: number
  readonly seed: number
  readonly json: boolean
  readonly help: boolean
}

const MAX_PORT = 65_535
const MAX_SEED = 2_147_483_647

/** @throws {UsageError} for an unknown option or a value that is none. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parse(args)
  return {
    scenario: oneOf('--scenario', values.scenario ?? 'tour', scenarioNames) as ScenarioName,
    router:
      values.router === undefined
        ? undefined
        : (oneOf('--router', values.router, ROUTERS) as RouterName),
    serve: values.serve ?? false,
    port: wholeNumber('--port', values.port ?? '0', MAX_PORT),
    seed: wholeNumber('--seed', values.seed ?? '1', MAX_SEED),
    json: values.json ?? false,
    help: values.help ?? false,
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      strict: true,
      allowPositionals: false,
      options: {
        scenario: { type: 'string' },
        router: { type: 'string' },
        serve: { type: 'boolean' },
        port: { type: 'string' },
        seed: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    // Node explains at length; the first sentence says it.
    const [first = ''] = (error as Error).message.split(/\.(?:\s|$)/)
    throw new UsageError(`${first.charAt(0).toLowerCase()}${first.slice(1)}; see --help`)
  }
}

function oneOf(option: string, value: string, known: readonly string[]): string {
  if (known.includes(value)) return value
  throw new UsageError(`${option} ${JSON.stringify(value)} is unknown; use ${known.join(', ')}`)
}

function wholeNumber(option: string, value: string, most: number): number {
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN
  if (number <= most) return number
  throw new UsageError(`${option} ${JSON.stringify(value)} is no whole number from 0 to ${most}`)
}

export const helpText = `Sluice's demonstration: canary rollouts end to end on this machine, on real traffic, without an AWS account.

  npm start -- [options]

  --scenario NAME   what happens (default: tour)
${scenarioNames.map((name) => `      ${name.padEnd(18)}${SCENARIOS[name].summary}`).join('\n')}
  --router NAME     alb or route53 (default: both for tour, else alb)
  --serve           stay up afterwards, to look around with the AWS CLI or an SDK; Ctrl-C ends it
  --port N          port of the AWS endpoint (default: one that is free)
  --seed N          of the random choices: routing, late and duplicated events, which requests fail (default: 1)
  --json            print one JSON document instead of the progress; npm's own lines go with: npm start --silent -- --json
  --help            this text

The exit code is 0 if every rollout ended as its scenario says, 1 if not, 2 for wrong options.
`
