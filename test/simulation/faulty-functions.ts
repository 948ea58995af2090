import { SluiceError } from '../../core/errors.ts'
import { FUNCTIONS, type FunctionName } from '../../infra/function-names.ts'
import type { FunctionLoader, LoadedFunction } from '../../local/services/lambda/index.ts'
import { type Caller, callers, nameOf } from './callers.ts'
import { sleep } from './clock.ts'
import { createProcesses } from './function-processes.ts'
import type { Journal } from './journal.ts'
import type { Fault, Scenario } from './scenario.ts'

type InvocationFault = Extract<Fault, { readonly at: 'invocation' }>
type Context = Parameters<LoadedFunction['invoke']>[1]
type Invokable = Pick<LoadedFunction, 'invoke'>

/** What Lambda gives a function at most, milliseconds. */
const LONGEST = 30_000

/** Runs functions as Lambda does on a bad day: lost answers, second calls, deaths. */
export function faultyFunctions(
  inner: FunctionLoader,
  scenario: Pick<Scenario, 'faults'>,
  journal: Journal,
): FunctionLoader & { begin(): void } {
  const faults = scenario.faults.filter(
    (fault): fault is InvocationFault => fault.at === 'invocation',
  )
  const counts = new Map<FunctionName, number>()
  let active = false

  const begun = (fn: FunctionName, payload: unknown, context: Context) => {
    const nth = (counts.get(fn) ?? 0) + 1
    counts.set(fn, nth)
    const death = Promise.withResolvers<never>()
    death.promise.catch(() => undefined)
    const caller: Caller = {
      fn,
      nth,
      execution: executionIn(payload),
      dead: false,
      slowness: 0,
      die() {
        caller.dead = true
        death.reject(named('Runtime.ExitError', 'simulated: the process died'))
      },
    }
    context.signal.addEventListener('abort', () => {
      caller.dead = true
    })
    return { caller, death: death.promise }
  }

  const run = (
    loaded: Invokable,
    { caller, death }: ReturnType<typeof begun>,
    payload: unknown,
    context: Context,
  ): Promise<unknown> => {
    journal.note(`${nameOf(caller)} begins${caller.execution ? ` for ${caller.execution}` : ''}`)
    const ran = callers
      .run(caller, () => loaded.invoke(payload, context))
      .then(
        (result) => {
          journal.note(`${nameOf(caller)} ends: ${brief(result)}`)
          return result
        },
        (error: unknown) => {
          journal.note(`${nameOf(caller)} throws ${error}`)
          if (!(error instanceof SluiceError)) {
            journal.violated('errors are known', `${caller.fn} threw ${error}`)
          }
          throw error
        },
      )
    ran.catch(() => undefined)
    return Promise.race([ran, death])
  }

  const struck = async (
    loaded: Invokable,
    started: ReturnType<typeof begun>,
    { kind, seconds }: InvocationFault,
    payload: unknown,
    context: Context,
  ): Promise<unknown> => {
    const { caller } = started
    journal.note(`${nameOf(caller)}: ${kind}`)
    journal.reached('fault', kind)
    journal.reached(kind, caller.fn)
    switch (kind) {
      case 'refused':
        throw named('Lambda.TooManyRequestsException', 'simulated: Rate Exceeded.')
      case 'delayed':
        await sleep(seconds * 1_000)
        return run(loaded, started, payload, context)
      case 'lost':
        if (!tellsOfAnEnd(payload)) return run(loaded, started, payload, context)
        return { batchItemFailures: [] }
      case 'twice':
        setTimeout(() => {
          const again = begun(caller.fn, payload, context)
          // Nobody waits for it: an error of it is on the journal.
          run(loaded, again, payload, context).catch(() => undefined)
        }, seconds * 1_000)
        return run(loaded, started, payload, context)
      case 'result-lost':
        await run(loaded, started, payload, context)
        throw named('Lambda.SdkClientException', 'simulated: the answer was lost')
      case 'zombie':
        caller.slowness = seconds * 100
        setTimeout(() => {
          caller.dead = true
        }, LONGEST)
        // It goes on behind its caller's back.
        run(loaded, started, payload, { ...context, signal: new AbortController().signal }).catch(
          () => undefined,
        )
        throw named('Lambda.SdkClientException', 'simulated: the connection was lost')
    }
  }

  const loader: FunctionLoader = (definition) => {
    const fn = FUNCTIONS.find((name) => definition.name.endsWith(`-${name}`))
    if (!fn) return inner(definition)
    const processes = createProcesses(() => inner(definition))
    return {
      async invoke(payload, context) {
        if (!active) return processes.invoke(payload, context, () => true)
        const started = begun(fn, payload, context)
        const { caller } = started
        const loaded = {
          invoke: (given: unknown, its: Context) =>
            processes.invoke(given, its, () => !caller.dead),
        }
        const fault = faults.find(
          (one) => one.fn === fn && caller.nth >= one.nth && caller.nth < one.nth + one.times,
        )
        return fault
          ? struck(loaded, started, fault, payload, context)
          : run(loaded, started, payload, context)
      },
      close: async () => undefined,
    }
  }
  return Object.assign(loader, {
    begin: () => {
      active = true
    },
  })
}

function executionIn(payload: unknown): string | undefined {
  if (typeof payload !== 'object' || payload === null) return undefined
  const { execution } = payload as { readonly execution?: unknown }
  return typeof execution === 'string' ? execution : undefined
}

/** A queue's message with the event of an execution in it. */
const tellsOfAnEnd = (payload: unknown): boolean =>
  JSON.stringify(payload).includes('Step Functions Execution Status Change')

const named = (name: string, message: string): Error => Object.assign(new Error(message), { name })

function brief(result: unknown): string {
  const text = JSON.stringify(result) ?? 'nothing'
  return text.length > 240 ? `${text.slice(0, 240)}…` : text
}
