/** What the environment of a task definition makes of the sample application. */
export interface Behaviour {
  readonly slot: string
  readonly revision: string
  readonly version: string
  /** The health check fails. */
  readonly unhealthy: boolean
  /** Milliseconds that each answer takes. */
  readonly latency: number
  /** Milliseconds until the process dies; undefined for never. */
  readonly crashAfter: number | undefined
  /** Whether the next answer is an error. */
  fails(): boolean
}

export function behaviourOf(environment: Readonly<Record<string, string | undefined>>): Behaviour {
  return {
    slot: environment.SLOT ?? 'unknown',
    revision: environment.TASK_REVISION ?? 'unknown',
    version: environment.VERSION ?? 'unknown',
    unhealthy: environment.UNHEALTHY === '1',
    latency: number(environment, 'LATENCY', 0) ?? 0,
    crashAfter: number(environment, 'CRASH_AFTER', undefined),
    fails: evenShare(share(environment), number(environment, 'SEED', 0) ?? 0),
  }
}

/**
 * True for `share` of the calls, spread evenly: 0.05 is every 20th call and never two in a row by chance, so that
 * a short look sees what a long one would. The seed says at which call it begins.
 */
export function evenShare(share: number, seed: number): () => boolean {
  let owed = (seed % 97) / 97
  return () => {
    owed += share
    if (owed < 1) return false
    owed -= 1
    return true
  }
}

function share(environment: Readonly<Record<string, string | undefined>>): number {
  const text = environment.ERRORS ?? '0%'
  const percent = Number(/^(\d+(?:\.\d+)?)%$/.exec(text)?.[1])
  if (!(percent >= 0 && percent <= 100)) throw broken('ERRORS', text, 'a share such as 5%')
  return percent / 100
}

function number<Otherwise>(
  environment: Readonly<Record<string, string | undefined>>,
  name: string,
  otherwise: Otherwise,
): number | Otherwise {
  const text = environment[name]
  if (text === undefined || text === '') return otherwise
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0) throw broken(name, text, 'a whole number, 0 or more')
  return value
}

const broken = (name: string, value: string, use: string) =>
  new RangeError(`${name}="${value}": use ${use}`)
