import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createProcessTasks } from '../../../local/data-plane/tasks/process-tasks.ts'
import type { RunningTaskHandle } from '../../../local/services/ecs/task-runner.ts'

const started: RunningTaskHandle[] = []
afterEach(async () => {
  await Promise.all(started.splice(0).map((handle) => handle.stop()))
})

function start(environment: Record<string, string> = {}, image = 'sluice/sample-app:1') {
  const handle = createProcessTasks().start({
    taskArn: 'arn:aws:ecs:us-east-1:123456789012:task/main/1',
    revision: 'shop:3',
    image,
    environment: { SLOT: 'green', VERSION: '1.2', ...environment },
    ports: [80],
    stopTimeout: 5_000,
  })
  started.push(handle)
  return handle
}

const get = async (handle: RunningTaskHandle, path = '/') => {
  const { host, port } = await handle.address
  return fetch(`http://${host}:${port}${path}`)
}
const exitOf = (handle: RunningTaskHandle) => new Promise((resolve) => handle.onExit(resolve))

test('a task is a process that serves, and says which slot, revision and version it is', async () => {
  const handle = start()
  const response = await get(handle)
  expect(response.status).toBe(200)
  expect(await response.text()).toBe('hello from green\n')
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'x-slot': 'green',
    'x-revision': 'shop:3',
    'x-version': '1.2',
  })
  expect((await get(handle, '/health')).status).toBe(200)
  expect((await get(handle, '/else')).status).toBe(404)
})

test('an unhealthy one serves but fails its health check', async () => {
  const handle = start({ UNHEALTHY: '1' })
  expect((await get(handle)).status).toBe(200)
  expect((await get(handle, '/health')).status).toBe(503)
})

test('a share of the answers are errors', async () => {
  const handle = start({ ERRORS: '50%' })
  const statuses: number[] = []
  for (let call = 0; call < 10; call++) statuses.push((await get(handle)).status)
  expect(statuses.filter((status) => status === 500)).toHaveLength(5)
})

test.each([
  'sluice/sample-app@sha256:0123abcd',
  '123456789012.dkr.ecr.us-east-1.amazonaws.com/sluice/sample-app:initial',
  'localhost:5000/sluice/sample-app',
])('%s is the sample application, wherever it is kept', async (image) => {
  expect((await get(start({}, image))).status).toBe(200)
})

test('every task finds its surroundings, and its task definition has the last word', async () => {
  const tasks = createProcessTasks({ surroundings: { SLOT: 'around', VERSION: 'around' } })
  const handle = tasks.start({
    taskArn: 'arn:aws:ecs:us-east-1:123456789012:task/main/1',
    revision: 'shop:3',
    image: 'sluice/sample-app',
    environment: { SLOT: 'green' },
    ports: [80],
    stopTimeout: 5_000,
  })
  started.push(handle)
  const { headers } = await get(handle)
  expect([headers.get('x-slot'), headers.get('x-version')]).toEqual(['green', 'around'])
})

test('its port is its own, whatever its task definition says', async () => {
  const { port } = await start({ PORT: '8080', HOST: '0.0.0.0' }).address
  expect(port).not.toBe(8080)
})

test('an answer takes as long as the environment says', async () => {
  const handle = start({ FAULTS: 'latency=+80ms' })
  await handle.address
  const began = performance.now()
  await get(handle)
  // Timers may be a millisecond early.
  expect(performance.now() - began).toBeGreaterThanOrEqual(79)
})

test('asked to stop, it answers what is under way, and closes the connection', async () => {
  const handle = start({ FAULTS: 'latency=+300ms' })
  await handle.address
  const exit = exitOf(handle)
  const answered = get(handle)
  // The request is with it once a second one, which waits for nothing, is answered.
  await get(handle, '/health')
  const stopped = handle.stop()
  const response = await answered
  expect(response.status).toBe(200)
  expect(response.headers.get('connection')).toBe('close')
  await stopped
  expect(await exit).toEqual({ code: 0, signal: null })
})

test('what it depends on fails, and so does it', async () => {
  let broken = false
  const dependency = createServer((_, response) => response.writeHead(broken ? 500 : 200).end())
  await new Promise<void>((resolve) => dependency.listen(0, '127.0.0.1', resolve))
  const { port } = dependency.address() as AddressInfo
  const handle = start({ DEPENDENCY: `http://127.0.0.1:${port}/` })
  expect((await get(handle)).status).toBe(200)
  broken = true
  expect((await get(handle)).status).toBe(502)
  expect((await get(handle, '/health')).status).toBe(200)
  dependency.closeAllConnections()
  await new Promise((resolve) => dependency.close(resolve))
  expect((await get(handle)).status).toBe(502)
})

test('one that leaks dies of it', async () => {
  const handle = start({ FAULTS: 'leak=1MB' })
  await handle.address
  const exit = exitOf(handle)
  let answered = 0
  try {
    for (;;) {
      await get(handle)
      answered += 1
    }
  } catch {
    // Connections break when the process does.
  }
  expect(answered).toBeGreaterThan(2)
  expect(await exit).not.toEqual({ code: 0, signal: null })
})

test('it leaves with 0 when asked to stop, and with 1 when it crashes', async () => {
  const polite = start()
  await polite.address
  const exit = exitOf(polite)
  await polite.stop()
  expect(await exit).toEqual({ code: 0, signal: null })
  expect(await exitOf(start({ CRASH_AFTER: '1' }))).toEqual({ code: 1, signal: null })
})

test('an exit that is over already is told at once', async () => {
  const handle = start({ CRASH_AFTER: '0' })
  await exitOf(handle)
  expect(await exitOf(handle)).toEqual({ code: 1, signal: null })
})

test("an image of the account's own registry is known by its name", async () => {
  const registry = '123456789012.dkr.ecr.us-east-1.amazonaws.com'
  const response = await get(start({}, `${registry}/sluice/sample-app:initial`))
  expect(response.headers.get('x-slot')).toBe('green')
})

test('an image that nobody has cannot be pulled', async () => {
  await expect(start({}, 'nobody/knows-it').address).rejects.toMatchObject({
    code: 'CannotPullContainerError',
    message: expect.stringContaining('"nobody/knows-it"'),
  })
})

test('a process that cannot start says why', async () => {
  await expect(start({ ERRORS: 'many' }).address).rejects.toMatchObject({
    code: 'ContainerRuntimeError',
    message: expect.stringContaining('ERRORS="many"'),
  })
})

test('the tasks that are chosen die as in a crash', async () => {
  const tasks = createProcessTasks()
  const [doomed, spared] = ['shop:1', 'shop:2'].map((revision) => {
    const handle = tasks.start({
      taskArn: revision,
      revision,
      image: 'sluice/sample-app',
      environment: {},
      ports: [80],
      stopTimeout: 5_000,
    })
    started.push(handle)
    return handle
  })
  if (!doomed || !spared) throw new Error('two tasks were started')
  await Promise.all([doomed.address, spared.address])
  expect(tasks.kill((spec) => spec.revision === 'shop:1')).toBe(1)
  expect(await exitOf(doomed)).toEqual({ code: null, signal: 'SIGKILL' })
  expect((await get(spared)).status).toBe(200)
})
