import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import {
  type RunningTaskHandle,
  type TaskExit,
  type TaskRunner,
  type TaskSpec,
  TaskStartError,
} from '../../services/ecs/task-runner.ts'
import { programOf } from './program.ts'

/** Which program an image is, by the image's name without registry and tag. */
const IMAGES: Readonly<Record<string, string>> = {
  'sluice/sample-app': fileURLToPath(new URL('../../sample-app/main.ts', import.meta.url)),
}

/** A task is one small process; a demonstration has a dozen of them. */
const NODE_FLAGS = ['--max-old-space-size=16', '--max-semi-space-size=1', '--optimize-for-size']

export interface ProcessTasks extends TaskRunner {
  /** Ends the processes of the chosen tasks as a crash would, and says how many there were. */
  kill(chosen: (spec: TaskSpec) => boolean): number
}

export interface ProcessTasksOptions {
  readonly images?: Readonly<Record<string, string>>
  /** What every task finds in its environment beside its task definition's, as it finds a name server on AWS. */
  readonly surroundings?: Readonly<Record<string, string>>
}

/** Runs tasks as child processes that serve HTTP on loopback. */
export function createProcessTasks(options: ProcessTasksOptions = {}): ProcessTasks {
  const { images = IMAGES, surroundings = {} } = options
  const running = new Map<TaskSpec, ChildProcess>()
  return {
    start(spec) {
      const program = images[imageName(spec.image)]
      if (program === undefined) return unknownImage(spec, images)
      const environment = { ...surroundings, ...spec.environment }
      const child = launch(program, { ...spec, environment })
      running.set(spec, child)
      child.once('exit', () => running.delete(spec))
      return handleOf(child, spec)
    },
    kill(chosen) {
      const victims = [...running].filter(([spec]) => chosen(spec))
      for (const [, child] of victims) child.kill('SIGKILL')
      return victims.length
    },
  }
}

/** `123456789012.dkr.ecr.us-east-1.amazonaws.com/shop/web:7` and `shop/web@sha256:…` are both `shop/web`. */
function imageName(image: string): string {
  const [first = '', ...rest] = image.split('/')
  const registry = rest.length > 0 && /[.:]|^localhost$/.test(first)
  const name = registry ? rest.join('/') : image
  return name.split(/[:@]/)[0] ?? ''
}

function unknownImage(spec: TaskSpec, images: Readonly<Record<string, string>>): RunningTaskHandle {
  const known = Object.keys(images).join(', ')
  const address = Promise.reject(
    new TaskStartError(
      'CannotPullContainerError',
      `pull image manifest has been retried 1 time(s): there is no image "${spec.image}" here, only ${known}`,
    ),
  )
  // Whoever wants the address is told; that nobody does is no error of its own.
  address.catch(() => {})
  return { address, stop: async () => {}, onExit: () => {} }
}

function launch(entry: string, spec: TaskSpec): ChildProcess {
  const child = spawn(process.execPath, [...NODE_FLAGS, '--input-type=module', '-'], {
    // Only what the task definition says: a container does not see its host's environment. Tasks share one network
    // here, so each gets a port of the system's choosing, whatever its container's port is.
    env: {
      ...spec.environment,
      HOST: '127.0.0.1',
      PORT: '0',
      TASK_ARN: spec.taskArn,
      TASK_REVISION: spec.revision,
    },
    stdio: ['pipe', 'ignore', 'pipe', 'ipc'],
    // A group of its own: Ctrl-C in the terminal is for whoever runs the tasks, and they go when that one has gone.
    detached: true,
  })
  // A process that died before it had read its program is told of by its exit.
  child.stdin?.on('error', () => {})
  child.stdin?.end(programOf(entry))
  return child
}

function handleOf(child: ChildProcess, spec: TaskSpec): RunningTaskHandle {
  const exited = new Promise<TaskExit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }))
    // A process that could not be made never exits.
    child.once('error', () => {
      if (child.pid === undefined) resolve({ code: null, signal: null })
    })
  })
  const address = addressOf(child)
  address.catch(() => {})
  return {
    address,
    onExit: (listener) => void exited.then(listener),
    async stop() {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), spec.stopTimeout)
      await exited
      clearTimeout(timer)
    },
  }
}

function addressOf(child: ChildProcess): Promise<{ host: string; port: number }> {
  return new Promise((resolve, reject) => {
    let complaint = ''
    child.stderr?.on('data', (chunk: Buffer) => {
      complaint = `${complaint}${chunk}`.slice(-2_000)
    })
    child.once('message', (message: { port: number }) => {
      resolve({ host: '127.0.0.1', port: message.port })
    })
    child.once('error', (error) =>
      reject(new TaskStartError('ContainerRuntimeError', error.message)),
    )
    // Not `exit`: what it said may come after that.
    child.once('close', () => {
      const why =
        complaint.split('\n').find((line) => /^\w*Error\b/.test(line)) ?? 'it said nothing'
      reject(new TaskStartError('ContainerRuntimeError', `exited before it served: ${why}`))
    })
  })
}
