import { Worker } from 'node:worker_threads'
import type { FunctionLoader, InvocationContext, LoadedFunction } from './function.ts'
import type { WorkerAnswer, WorkerStart } from './worker-runtime.ts'

export interface WorkerLoaderOptions {
  /** What Lambda sets beside the template's variables, looked up when a worker starts. */
  readonly environmentOf: (fn: Parameters<FunctionLoader>[0]) => Readonly<Record<string, string>>
  readonly log: (line: string) => void
  /** Each line that a function wrote and its role lets Lambda keep, as it wrote it. */
  readonly logged?: (line: string) => void
  /** Most invocations of a function at a time; further ones wait. */
  readonly concurrency?: number
  /** A worker without work for so long ends: each holds tens of megabytes. */
  readonly idleMs?: number
}

const CONCURRENCY = 2
const IDLE_MS = 2500
/** A handler here makes little garbage; the default would let every worker keep tens of megabytes of it. */
const YOUNG_GENERATION_MB = 2
const OLD_GENERATION_MB = 128

interface Job {
  readonly payload: unknown
  readonly context: InvocationContext
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

/**
 * Each function in worker threads of its own, started when first needed. A worker runs one invocation at a
 * time, as an execution environment of Lambda does; one that outlives its deadline is killed.
 */
export function createWorkerLoader(options: WorkerLoaderOptions): FunctionLoader {
  return (fn): LoadedFunction => {
    const workers = new Set<Worker>()
    const idle: Worker[] = []
    const releases = new WeakMap<Worker, ReturnType<typeof setTimeout>>()

    const start = (): Worker => {
      const workerData: WorkerStart = {
        functionName: fn.name,
        assetPath: fn.assetPath,
        handler: fn.handler,
      }
      const worker = new Worker(new URL('./worker-runtime.ts', import.meta.url), {
        workerData,
        env: { ...fn.environment, ...options.environmentOf(fn) },
        stdout: true,
        stderr: true,
        // None of the command line of this process: a function gets what the template gives it.
        execArgv: [],
        resourceLimits: {
          maxYoungGenerationSizeMb: YOUNG_GENERATION_MB,
          maxOldGenerationSizeMb: OLD_GENERATION_MB,
        },
      })
      for (const stream of [worker.stdout, worker.stderr]) {
        forEachLine(stream, (line) => {
          if (!fn.mayLog()) return
          options.logged?.(line)
          options.log(`${fn.name} ${line}`)
        })
      }
      workers.add(worker)
      return worker
    }

    const exits = new Map<Worker, (code: number) => void>()
    const onExit = (worker: Worker, listener: (code: number) => void): void => {
      exits.set(worker, listener)
      worker.once('exit', listener)
    }

    /** Takes our own listeners off. Not all of them: `terminate` waits for the exit with one of its own. */
    const detach = (worker: Worker): void => {
      worker.removeAllListeners('message').removeAllListeners('error')
      const listener = exits.get(worker)
      if (listener) worker.off('exit', listener)
    }

    const drop = (worker: Worker): void => {
      clearTimeout(releases.get(worker))
      workers.delete(worker)
      exits.delete(worker)
      const index = idle.indexOf(worker)
      if (index >= 0) idle.splice(index, 1)
    }

    /** Between invocations a worker may still end, by a timer that its handler left behind. */
    const rest = (worker: Worker): void => {
      idle.push(worker)
      const release = setTimeout(() => {
        drop(worker)
        void worker.terminate()
      }, options.idleMs ?? IDLE_MS)
      release.unref()
      releases.set(worker, release)
      onLateError(worker)
      onExit(worker, () => drop(worker))
    }

    // An 'error' that nobody listens for would end this process.
    const onLateError = (worker: Worker): void => {
      worker.on('error', (error: Error) => {
        options.log(`${fn.name} ended between invocations: ${error.message}`)
        drop(worker)
      })
    }

    const run = (worker: Worker, job: Job): void => {
      detach(worker)
      clearTimeout(releases.get(worker))
      const settle = (): void => {
        detach(worker)
        job.context.signal.removeEventListener('abort', kill)
      }
      const lose = (error: Error): void => {
        settle()
        drop(worker)
        onLateError(worker)
        job.reject(error)
      }
      const kill = (): void => {
        void worker.terminate()
        lose(job.context.signal.reason as Error)
      }
      worker.once('message', (answer: WorkerAnswer) => {
        settle()
        rest(worker)
        if (answer.kind === 'returned') job.resolve(JSON.parse(answer.payload))
        else job.reject(errorOf(answer))
      })
      worker.once('error', lose)
      onExit(worker, (code) => {
        const { requestId } = job.context
        lose(
          named(
            'Runtime.ExitError',
            `RequestId: ${requestId} Error: Runtime exited with exit status ${code}`,
          ),
        )
      })
      job.context.signal.addEventListener('abort', kill, { once: true })
      const { requestId, deadline } = job.context
      worker.postMessage({ requestId, deadline, payload: JSON.stringify(job.payload) })
    }

    return {
      concurrency: options.concurrency ?? CONCURRENCY,
      invoke: (payload, context) =>
        new Promise((resolve, reject) => {
          run(idle.pop() ?? start(), { payload, context, resolve, reject })
        }),
      async close() {
        await Promise.all([...workers].map((worker) => worker.terminate()))
        workers.clear()
        idle.length = 0
      },
    }
  }
}

function errorOf(answer: Extract<WorkerAnswer, { kind: 'failed' }>): Error {
  const error = named(answer.errorType, answer.errorMessage)
  error.stack = answer.trace.join('\n')
  return error
}

function named(name: string, message: string): Error {
  const error = new Error(message)
  error.name = name
  return error
}

function forEachLine(stream: NodeJS.ReadableStream, take: (line: string) => void): void {
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) take(line)
  })
}
