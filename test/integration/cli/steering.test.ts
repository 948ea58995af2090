import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { documentedShapes, pathsOf } from '../../fixtures/documented-shapes.ts'
import { commandOn, plain } from '../../fixtures/in-process/command.ts'
import { revision } from '../../fixtures/in-process/environment.ts'
import { createLocalCanary, type LocalCanary } from '../../fixtures/in-process/local-canary.ts'

/** What a person types at a rollout, and what becomes of it, on local AWS under a fake clock. */
let canary: LocalCanary
let sluice: ReturnType<typeof commandOn>

beforeAll(async () => {
  canary = await createLocalCanary({ tasks: 1 })
  sluice = commandOn(canary)
  await canary.define()
  await canary.time.pass(10)
})
afterAll(() => canary.close())

const baking = (attempt: number) =>
  canary.time.until(`rollout ${attempt} bakes`, async () => {
    const rollout = await canary.rollout(attempt)
    return rollout?.Status === 'baking' && rollout.Waiting !== undefined
  })

/** Ends whatever rolls out, so that the next test begins with an idle canary. */
async function ended(attempt: number) {
  await sluice(['abort', 'web'])
  await canary.outcome(attempt)
}

test('a signal to a canary that rolls nothing out is refused, and says what was last', async () => {
  const before = await sluice(['abort', 'web', '--reason', 'alert'])
  expect(before.stdout).toContain('refused: no rollout of web is active; it had none yet')
  expect(before.code).toBe(1)

  await canary.surroundings.deploy('green', revision(2))
  await baking(1)
  await ended(1)
  const after = await sluice(['abort', 'web', '--json'])
  expect(JSON.parse(after.stdout)).toEqual({
    canary: 'web',
    signal: 'abort',
    kind: 'refused',
    rollout: null,
    reason: 'no rollout of web is active; web-1 ended failed-back',
  })
  expect(after.code).toBe(1)
})

test('abort brings all traffic back, and the timeline says who and why', async () => {
  await sluice(['retrigger', 'web'])
  await baking(2)
  const { code, stdout } = await sluice(['abort', 'web', '--reason', 'checkout is slow'])
  expect(stdout).toContain('web-2 will see "abort" at once')
  expect(code).toBe(0)

  // By its name, also where it has ended before anybody looked.
  const watched = await sluice(['watch', 'web-2'])
  expect(watched.code).toBe(1)
  expect(watched.stdout).toContain('web-2 failed-back')
  expect(await canary.weights()).toEqual({ blue: 1, green: 0 })
  const { stdout: shown } = await sluice(['show', 'web-2'])
  expect(plain(shown)).toContain('checkout is slow')
  // As STS names whoever has the credentials of the test.
  expect(plain(shown)).toContain('arn:aws:iam::123456789012:')
})

describe('retrigger', () => {
  test('starts another attempt of what the idle slot runs', async () => {
    const { code, stdout } = await sluice(['retrigger', 'web', '--json'])
    expect(pathsOf(JSON.parse(stdout))).toEqual(pathsOf(documentedShapes().get('retrigger')))
    expect(JSON.parse(stdout)).toMatchObject({ canary: 'web', kind: 'reset' })
    expect(code).toBe(0)
    await baking(3)
  })

  test('is refused while a rollout is active', async () => {
    const { code, stdout } = await sluice(['retrigger', 'web'])
    expect(stdout).toContain('refused: web-3 is active; wait for its end, or end it first')
    expect(code).toBe(1)
    await ended(3)
  })
})

test('a rollout that changes under the command is not the one that is told', async () => {
  await sluice(['retrigger', 'web'])
  await baking(4)
  let others: Promise<unknown> | undefined
  const { stdout, code } = await sluice(['abort', 'web', '--json'], {
    network: (network) =>
      // Between the look at the state and the signal, that rollout ends.
      network.interrupt('Invoke', {
        kind: 'preceded',
        by: async () => {
          others = ended(4)
          await others
        },
      }),
  })
  await others
  expect(JSON.parse(stdout)).toMatchObject({ kind: 'refused' })
  expect(JSON.parse(stdout).reason).toContain('web-4')
  expect(code).toBe(1)
})

test('the documented answer of a signal is the answer', async () => {
  await sluice(['retrigger', 'web'])
  await baking(5)
  const { stdout } = await sluice(['abort', 'web', '--json'])
  expect(pathsOf(JSON.parse(stdout))).toEqual(pathsOf(documentedShapes().get('signal')))
  await canary.outcome(5)
})

test('Ctrl-C in watch ends the watching, says that the rollout goes on and how to stop it', async () => {
  await sluice(['retrigger', 'web'])
  await baking(6)
  const interruption = new AbortController()
  const watching = sluice(['watch', 'web'], { interruption: interruption.signal })
  interruption.abort()
  const { code, stderr } = await watching
  expect(stderr).toContain('web-6 goes on: it does not need this command.')
  expect(stderr).toContain('sluice abort web --reason')
  expect(code).toBe(130)
  expect((await canary.rollout(6))?.Outcome).toBeUndefined()
  await ended(6)
})

test('watch asks again where AWS does not answer, and says so', async () => {
  await sluice(['retrigger', 'web'])
  await baking(7)
  const { code, stdout, stderr } = await sluice(['watch', 'web'], {
    network: (network) => {
      network.interrupt('GetItem', { kind: 'preceded', by: async () => undefined })
      network.interrupt('GetItem', { kind: 'unreachable' }, 3)
    },
  })
  expect(stderr).toContain('trying again')
  expect(stdout).toContain('web-7 promoted')
  expect(code).toBe(0)
})

test('on a terminal watch keeps a block up to date under the timeline', async () => {
  await sluice(['retrigger', 'web'])
  const { stdout, code } = await sluice(['watch', 'web'], { columns: 80, rows: 30 })
  expect(code).toBe(0)
  const screen = screenOf(stdout, 30)
  expect(screen.join('\n')).toContain('web-8 promoted')
  expect(screen.filter((line) => line.includes('live   '))).toHaveLength(1)
  expect(screen.every((line) => line.length <= 80)).toBe(true)
})

test('a paused rollout stays where it is, and says how it goes on', async () => {
  await sluice(['retrigger', 'web'])
  await baking(9)
  expect((await sluice(['resume', 'web'])).code).toBe(1)
  expect((await sluice(['pause', 'web', '--reason', 'a look at the logs'])).code).toBe(0)
  await canary.time.pass(600)
  const { stdout } = await sluice(['status', 'web'], { columns: 100 })
  expect(plain(stdout)).toContain('‖ pause: ')
  expect(plain(stdout)).toContain('a look at the logs')
  expect(plain(stdout)).toContain('sluice resume web')
  expect(plain(stdout)).toMatch(/fails back in 23h \d\dm if nobody resumes it/)
  expect((await canary.rollout(9))?.Achieved).toBe(10)

  expect((await sluice(['resume', 'web'])).code).toBe(0)
  expect((await sluice(['promote', 'web', '--full'])).code).toBe(0)
  const watched = await sluice(['watch', 'web-9'])
  expect(watched.stdout).toContain('web-9 promoted')
  expect(watched.code).toBe(0)
})

test('nobody is asked for an approval, so approve and reject are refused', async () => {
  await sluice(['retrigger', 'web'])
  await baking(10)
  for (const name of ['approve', 'reject']) {
    const { code, stdout } = await sluice([name, 'web'])
    expect(stdout).toContain('refused: ')
    expect(code).toBe(1)
  }
  await ended(10)
})

test('a stopped line holds every step up until it is released, and tells who stopped it', async () => {
  const stopped = await sluice(['stop-the-line', '--reason', 'incident 4711', '--json'])
  expect(pathsOf(JSON.parse(stopped.stdout))).toEqual(pathsOf(documentedShapes().get('line')))
  expect(stopped.code).toBe(0)
  await sluice(['retrigger', 'web'])
  await canary.time.pass(600)
  const { stdout } = await sluice(['status', 'web', '--json'])
  expect(JSON.parse(stdout).rollout).toMatchObject({ achieved: 0, gate: { kind: 'line' } })
  const shown = await sluice(['stop-the-line', '--show'])
  expect(shown.stdout).toMatch(/the line is stopped since .* by arn:aws:.*: incident 4711/)
  // The line is no canary.
  expect(JSON.parse((await sluice(['list', '--json'])).stdout).canaries).toHaveLength(1)

  const released = await sluice(['stop-the-line', '--release'])
  expect(released.stdout).toContain('the line goes on')
  expect((await sluice(['watch', 'web-11'])).code).toBe(0)
})

/** What stands on a terminal after all of it: enough of one for lines, for going up, and for erasing. */
function screenOf(text: string, rows: number): string[] {
  const lines: string[] = []
  let row = 0
  let column = 0
  const put = (shown: string) => {
    for (const [index, line] of shown.split('\n').entries()) {
      if (index > 0) [row, column] = [row + 1, 0]
      const before = lines[row] ?? ''
      lines[row] =
        before.slice(0, column).padEnd(column) + line + before.slice(column + line.length)
      column += line.length
    }
  }
  const [first = '', ...escaped] = text.split('\x1b[')
  put(first)
  for (const part of escaped) {
    const [, count = '', command = '', shown = ''] = /^([?\d;]*)([A-Za-z])(.*)$/s.exec(part) ?? []
    if (command === 'A') row -= Number(count || 1)
    if (command === 'G') column = 0
    if (command === 'K') lines[row] = ''
    put(shown)
  }
  return lines.slice(-rows)
}
