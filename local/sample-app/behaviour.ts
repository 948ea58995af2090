import { evenShare } from './even-share.ts'
import { type Fault, parseFaults } from './faults.ts'

/** What becomes of one request. */
export interface Fate {
  readonly failed: boolean
  /** Milliseconds until it is answered. */
  readonly delay: number
  /** Bytes that it leaves behind. */
  readonly leaked: number
}

/** What the environment of a task definition makes of the sample application. */
export interface Behaviour {
  readonly slot: string
  readonly revision: string
  readonly version: string
  /** The health check fails. */
  readonly unhealthy: boolean
  /** Milliseconds until the process dies; undefined for never. */
  readonly crashAfter: number | undefined
  /** What every request needs an answer of, too. */
  readonly dependency: URL | undefined
  readonly place: { readonly host: string; readonly port: number }
  next(): Fate
}

type Environment = Readonly<Record<string, string | undefined>>

/** Steps between the seeds of shares that belong to one process: no two of them fall together for long. */
const APART = 31

/** @throws {RangeError} naming the variable and what would be right. */
export function behaviourOf(environment: Environment): Behaviour {
  const faults = faultsOf(environment)
  const seed = number(environment, 'SEED', 0) ?? 0
  const latency = number(environment, 'LATENCY', 0) ?? 0
  return {
    slot: environment.SLOT ?? 'unknown',
    revision: environment.TASK_REVISION ?? 'unknown',
    version: environment.VERSION ?? 'unknown',
    unhealthy: flag(environment, 'UNHEALTHY') || faults.some(({ kind }) => kind === 'unhealthy'),
    crashAfter: number(environment, 'CRASH_AFTER', undefined) ?? only(faults, 'crash-after')?.after,
    dependency: address(environment, 'DEPENDENCY'),
    place: {
      host: environment.HOST || '0.0.0.0',
      port: number(environment, 'PORT', 8080, 65_535) ?? 8080,
    },
    next: fates(faults, latency, seed),
  }
}

/** `ERRORS` and `FAULTS` may say the same thing, but not two things. */
function faultsOf(environment: Environment): Fault[] {
  const faults = parseFaults(environment.FAULTS ?? '')
  const text = environment.ERRORS
  if (text === undefined || text === '') return faults
  if (faults.some(({ kind }) => kind === 'errors')) {
    throw broken('ERRORS', text, 'either ERRORS or errors in FAULTS')
  }
  const percent = Number(/^(\d+(?:\.\d+)?)%$/.exec(text)?.[1])
  if (!(percent >= 0 && percent <= 100)) throw broken('ERRORS', text, 'a share such as 5%')
  return [...faults, { kind: 'errors', share: percent / 100 }]
}

function fates(faults: readonly Fault[], latency: number, seed: number): () => Fate {
  const fails = evenShare(only(faults, 'errors')?.share ?? 0, seed)
  const leaked = only(faults, 'leak')?.bytes ?? 0
  const slower = faults
    .filter((fault) => fault.kind === 'latency')
    .map((fault, index) => ({
      ...fault,
      strikes: evenShare(fault.share, seed + (index + 1) * APART),
    }))
  if (latency === 0 && slower.some(({ times }) => times > 1)) {
    throw new RangeError(
      'FAULTS makes answers take a multiple of LATENCY, which is 0: set LATENCY, in milliseconds',
    )
  }
  return () => {
    const struck = slower.filter(({ strikes }) => strikes())
    const times = struck.reduce((product, fault) => product * fault.times, 1)
    const plus = struck.reduce((sum, fault) => sum + fault.plus, 0)
    return { failed: fails(), delay: latency * times + plus, leaked }
  }
}

function only<Kind extends Fault['kind']>(faults: readonly Fault[], kind: Kind) {
  return faults.find((fault): fault is Extract<Fault, { kind: Kind }> => fault.kind === kind)
}

function flag(environment: Environment, name: string): boolean {
  const text = environment[name] ?? ''
  if (text === '' || text === '0') return false
  if (text === '1') return true
  throw broken(name, text, '1 or 0')
}

function number<Otherwise>(
  environment: Environment,
  name: string,
  otherwise: Otherwise,
  most = Number.MAX_SAFE_INTEGER,
): number | Otherwise {
  const text = environment[name]
  if (text === undefined || text === '') return otherwise
  const value = Number(text)
  if (Number.isInteger(value) && value >= 0 && value <= most) return value
  const range = most === Number.MAX_SAFE_INTEGER ? '0 or more' : `from 0 to ${most}`
  throw broken(name, text, `a whole number, ${range}`)
}

function address(environment: Environment, name: string): URL | undefined {
  const text = environment[name]
  if (text === undefined || text === '') return undefined
  const url = URL.parse(text)
  if (url?.protocol === 'http:') return url
  throw broken(name, text, 'an address such as http://inventory.internal:8080/')
}

const broken = (name: string, value: string, use: string) =>
  new RangeError(`${name}="${value}": use ${use}`)
