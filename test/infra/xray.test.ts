import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import type { createTracing as CreateTracing } from '../../functions/shared/tracing.ts'
import { leanOptions, ROOT } from '../../infra/bundling/bundle-functions.ts'
import { until } from '../fixtures/until.ts'

const ROOT_ID = '1-5759e988-bd862e3fe1be46a994272793'

let folder: string
let daemon: Socket
let sent: Record<string, unknown>[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-xray-'))
  daemon = createSocket('udp4').bind(0, '127.0.0.1')
  await once(daemon, 'listening')
  daemon.on('message', (message) => {
    const [protocol = '', segment = ''] = `${message}`.split('\n')
    expect(JSON.parse(protocol)).toEqual({ format: 'json', version: 1 })
    sent.push(JSON.parse(segment))
  })
  // As Lambda sets them, before the X-Ray SDK is loaded, which asks for them then.
  vi.stubEnv('LAMBDA_TASK_ROOT', '/var/task')
  vi.stubEnv('AWS_EXECUTION_ENV', 'AWS_Lambda_nodejs24.x')
  vi.stubEnv('_HANDLER', 'index.handler')
  vi.stubEnv('AWS_XRAY_DAEMON_ADDRESS', `127.0.0.1:${daemon.address().port}`)
})

afterAll(async () => {
  vi.unstubAllEnvs()
  daemon.close()
  await rm(folder, { recursive: true, force: true })
})

beforeEach(() => {
  sent = []
})

/** The functions' tracing, over the X-Ray SDK or over what stands in for it. */
async function tracing(over: 'the X-Ray SDK' | 'its stand-in'): Promise<typeof CreateTracing> {
  const { alias, ...others } = leanOptions(ROOT)
  const name = over === 'its stand-in' ? 'lean' : 'whole'
  await build({
    ...others,
    ...(over === 'its stand-in' && alias ? { alias } : {}),
    entryPoints: { [name]: join(ROOT, 'functions', 'shared', 'tracing.ts') },
    outdir: folder,
  })
  return (await import(pathToFileURL(join(folder, `${name}.mjs`)).href)).createTracing
}

/** An invocation with an annotation, that returns or throws. */
async function invoke(create: typeof CreateTracing, header: string, thrown?: Error) {
  vi.stubEnv('_X_AMZN_TRACE_ID', header)
  const { middleware, annotate } = create('sluice')
  const request = { event: {}, context: {}, response: null, error: thrown ?? null, internal: {} }
  await middleware.before?.(request as never)
  annotate('canary', 'checkout')
  annotate('step', 3)
  await (thrown ? middleware.onError : middleware.after)?.(request as never)
}

const ID = /^[0-9a-f]{16}$/

/** Without what is another one each time. */
function timeless(segment: Record<string, unknown> | undefined) {
  const text = JSON.stringify(segment ?? {}, (key, value) => {
    if (key === 'id' && ID.test(value)) return 'an id'
    return key === 'start_time' || key === 'end_time' ? typeof value : value
  })
  const { notTraced: _, ...told } = JSON.parse(text)
  return told
}

/** As it comes out of a bundle in Lambda. */
const THROWN = Object.assign(new TypeError('what a pity: (it) is gone'), {
  stack: `TypeError: what a pity: (it) is gone
    at Reader.read (/var/task/index.mjs:3:14)
    at async handler (/var/task/index.mjs:27:182)
    at /var/task/index.mjs:9:1`,
})

it.each([
  ['returns', undefined],
  ['throws', THROWN],
])('the daemon is told what the X-Ray SDK tells it of an invocation that %s', async (_, thrown) => {
  const sampled = `Root=${ROOT_ID};Parent=53995c3f42cd8ad8;Sampled=1`
  for (const over of ['the X-Ray SDK', 'its stand-in'] as const) {
    await invoke(await tracing(over), sampled, thrown)
    await until(() => sent.length === (over === 'its stand-in' ? 2 : 1))
  }
  const [expected, actual] = sent
  expect(timeless(actual)).toEqual(timeless(expected))
  expect(actual).toMatchObject({
    trace_id: ROOT_ID,
    parent_id: '53995c3f42cd8ad8',
    annotations: { canary: 'checkout', step: 3, Service: 'sluice' },
  })
})

it('nothing is told of an invocation that is not sampled, and of the next one under its own trace', async () => {
  const create = await tracing('its stand-in')
  await invoke(create, `Root=${ROOT_ID};Parent=53995c3f42cd8ad8;Sampled=0`)
  const other = ROOT_ID.replace(/.$/, '4')
  await invoke(create, `Root=${other};Parent=53995c3f42cd8ad9;Sampled=1`)
  await until(() => sent.length >= 1)
  expect(sent.map(({ trace_id }) => trace_id)).toEqual([other])
})
