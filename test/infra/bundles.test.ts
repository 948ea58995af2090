import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import {
  bundleFunctions,
  type FunctionBundles,
  ROOT,
} from '../../infra/bundling/bundle-functions.ts'
import { FUNCTIONS, type FunctionName } from '../../infra/function-names.ts'
import { until } from '../fixtures/until.ts'

let folder: string
let bundles: FunctionBundles
let daemon: Socket
const segments: Segment[] = []

/** What the X-Ray daemon is sent, as far as it is looked at. */
interface Segment {
  readonly name: string
  readonly trace_id: string
  readonly annotations: Readonly<Record<string, unknown>>
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-bundles-'))
  bundles = await bundleFunctions(ROOT, folder)
  daemon = createSocket('udp4').bind(0, '127.0.0.1')
  await once(daemon, 'listening')
  // A line of protocol, then the segment.
  daemon.on('message', (message) => segments.push(JSON.parse(`${message}`.split('\n')[1] ?? '')))
})

afterAll(async () => {
  daemon.close()
  await rm(folder, { recursive: true, force: true })
})

/** Lambda's runtime in small: one invocation after the other, each with a trace of its own. */
const RUNTIME = `
  const { parentPort, workerData: { index } } = require('node:worker_threads')
  parentPort.on('message', async ({ trace, event }) => {
    process.env._X_AMZN_TRACE_ID = trace
    try {
      const { handler } = await import(index)
      parentPort.postMessage({ returned: await handler(event, { awsRequestId: 'one' }) })
    } catch (error) {
      parentPort.postMessage({ thrown: error.name, why: error.message })
    }
  })
`

interface Answer {
  readonly returned?: unknown
  readonly thrown?: string
  readonly why?: string
}

/** Invokes a function's code in a thread of its own, once for each trace. */
async function invoke(name: FunctionName, traces: readonly string[]): Promise<readonly Answer[]> {
  const worker = new Worker(RUNTIME, {
    eval: true,
    workerData: { index: pathToFileURL(join(bundles[name].directory, 'index.mjs')).href },
    execArgv: [],
    stdout: true,
    stderr: true,
    env: environment(),
  })
  onTestFinished(async () => {
    await worker.terminate()
  })
  const answers: Answer[] = []
  for (const trace of traces) {
    worker.postMessage({ trace, event: {} })
    const [answer] = (await once(worker, 'message')) as [Answer]
    answers.push(answer)
  }
  return answers
}

function environment() {
  return {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    TABLE_NAME: 'Records',
    CANDIDATE_INDEX: 'ByCandidate',
    STATE_MACHINE_ARN: 'arn:aws:states:us-east-1:123456789012:stateMachine:Canary',
    EVENT_BUS_NAME: 'default',
    ENDED_EXECUTIONS_URL: 'https://sqs.us-east-1.amazonaws.com/123456789012/ended',
    FUNCTION_NAME: 'test',
    // By these the tracer knows that it is in Lambda.
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    LAMBDA_TASK_ROOT: folder,
    _HANDLER: 'index.handler',
    AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${daemon.address().port}`,
  }
}

const EVENT_FUNCTIONS: readonly FunctionName[] = [
  'trigger',
  'retrigger',
  'signal',
  'approve',
  'guard',
]

describe.each(FUNCTIONS)('the bundle of %s', (name) => {
  it('is counted whole, and has at most 350 kB', async () => {
    const { directory, startBytes, onDemandBytes } = bundles[name]
    const code = (await readdir(directory)).filter((file) => !file.endsWith('.map'))
    const sizes = await Promise.all(code.map((file) => stat(join(directory, file))))
    const all = sizes.reduce((sum, { size }) => sum + size, 0)
    expect(startBytes + onDemandBytes).toBe(all)
    expect(all).toBeLessThanOrEqual(350_000)
  })

  it('runs by itself and refuses an empty event, with and without a trace', async () => {
    const root = `1-5759e988-${FUNCTIONS.indexOf(name).toString().padStart(24, '0')}`
    const sampled = `Root=${root};Parent=53995c3f42cd8ad8;Sampled=1`
    const answers = await invoke(name, [`${sampled.slice(0, -1)}0`, sampled, sampled])
    for (const answer of answers) {
      if (EVENT_FUNCTIONS.includes(name)) expect(answer.thrown).toBeUndefined()
      else expect(answer.why).toMatch(/Invalid (input|discriminator)/)
    }
    const seen = () => segments.filter(({ trace_id }) => trace_id === root)
    await until(() => seen().length >= 2)
    expect(seen()).toHaveLength(2)
    for (const segment of seen()) {
      expect(segment).toMatchObject({
        name: '## index.handler',
        annotations: { Service: 'sluice' },
      })
    }
  })
})
