import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { documentedShapes, pathsOf } from '../../fixtures/documented-shapes.ts'
import { type Answered, commandOn, plain } from '../../fixtures/in-process/command.ts'
import { revision } from '../../fixtures/in-process/environment.ts'
import { createLocalCanary, type LocalCanary } from '../../fixtures/in-process/local-canary.ts'

/** What the command shows of a canary and its rollouts, on local AWS under a fake clock. */
let canary: LocalCanary
let sluice: ReturnType<typeof commandOn>
/** Followed from before it began until it was promoted. */
let watched: Answered

beforeAll(async () => {
  canary = await createLocalCanary({ tasks: 1 })
  sluice = commandOn(canary)
  await canary.define()
  await canary.time.pass(10)
  const watching = sluice(['watch', 'web', '--json'])
  await canary.surroundings.deploy('green', revision(2))
  watched = await watching
})
afterAll(() => canary.close())

const documents = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

describe('watch', () => {
  test('follows a rollout from before it begins until it is promoted, and ends with 0', () => {
    const lines = documents(watched.stdout)
    expect(lines.at(-1)).toMatchObject({ rollout: 'web-1', outcome: 'promoted', achieved: 100 })
    expect([...new Set(lines.map(({ achieved }) => achieved))].filter(Boolean)).toEqual([
      10, 50, 100,
    ])
    expect(watched.code).toBe(0)
  })

  test('tells each entry of the timeline once', async () => {
    const told = documents(watched.stdout).flatMap(({ happened }) => happened)
    const { stdout } = await sluice(['show', 'web-1', '--json'])
    expect(told).toEqual(JSON.parse(stdout).timeline)
  })

  test('asks at most once a second, and at most two calls a time', () => {
    const polls = watched.asked.filter(({ operation }) => operation === 'GetItem')
    const others = watched.asked.filter(({ operation }) => operation !== 'GetItem')
    // Which table it is, once.
    expect(others).toHaveLength(1)
    const busiest = Math.max(
      ...polls.map(({ at }) => polls.filter((one) => one.at >= at && one.at < at + 1_000).length),
    )
    expect(busiest).toBeLessThanOrEqual(2)
    const [first, last] = [polls.at(0)?.at ?? 0, polls.at(-1)?.at ?? 0]
    expect(polls.length).toBeLessThanOrEqual((last - first) / 1_000 + 3)
  })

  test('in a log it tells what happens, line by line, without a single escape', async () => {
    const { code, stdout } = await sluice(['show', 'web-1'])
    expect(stdout).toBe(plain(stdout))
    expect(code).toBe(0)
  })
})

test('status says how the canary stands, at a glance and in at most three calls', async () => {
  const { code, stdout, asked } = await sluice(['status', 'web'], { columns: 100 })
  expect(plain(stdout)).toContain('web: green is live, blue is idle')
  expect(plain(stdout)).toContain('✓ 10 % → ✓ 50 % → ✓ 100 %')
  expect(plain(stdout)).toMatch(/green {2}live {7}█+ {3}100 %/)
  expect(asked.map(({ operation }) => operation)).toHaveLength(3)
  expect(code).toBe(0)
})

test('no line is wider than the terminal, however narrow it is', async () => {
  for (const columns of [40, 60, 80, 120]) {
    for (const args of [['list'], ['status', 'web'], ['show', 'web-1'], ['history', 'web']]) {
      const { stdout } = await sluice(args, { columns })
      const widest = Math.max(
        ...plain(stdout)
          .split('\n')
          .map((line) => line.length),
      )
      // A table's columns that would be unreadable shorter stay whole.
      if (args[0] !== 'list' && args[0] !== 'history') expect(widest).toBeLessThanOrEqual(columns)
      else if (columns >= 100) expect(widest).toBeLessThanOrEqual(columns)
    }
  }
})

test('colours are for terminals, NO_COLOR switches them off and FORCE_COLOR on', async () => {
  const escaped = async (...given: Parameters<typeof sluice>) =>
    (await sluice(...given)).stdout.includes('\x1b[')
  const status = ['status', 'web']
  expect(await escaped(status, { columns: 80 })).toBe(true)
  expect(await escaped(status)).toBe(false)
  expect(await escaped(status, { columns: 80, env: { NO_COLOR: '1' } })).toBe(false)
  expect(await escaped(status, { columns: 80, env: { TERM: 'dumb' } })).toBe(false)
  expect(await escaped(status, { env: { FORCE_COLOR: '1' } })).toBe(true)
})

test('the definition comes out as YAML that reads back as it was written', async () => {
  const { stdout } = await sluice(['get', 'web'])
  const { parse } = await import('yaml')
  const document = JSON.parse((await sluice(['get', 'web', '--json'])).stdout)
  expect(parse(stdout)).toEqual(document.definition)
  expect(document).toMatchObject({ canary: 'web', owner: null })
})

describe('what a rollout is called', () => {
  test.each([
    ['web', '"web" is no rollout; its name is <canary>-<number>, such as web-12'],
    ['web-7', 'web has no rollout web-7; its last is web-1'],
    ['wbe-1', 'there is no canary "wbe"; did you mean "web"?'],
  ])('%s is told what is wrong', async (typed, told) => {
    const { code, stderr } = await sluice(['show', typed])
    expect(stderr).toContain(told)
    expect(code).toBe(2)
  })
})

describe('the documented JSON is the JSON', () => {
  const documented = documentedShapes()
  /** The page shows a rollout whole once, at `status`. */
  const whole = Object(documented.get('status')).rollout
  const documentedPaths = (name: string) => [
    ...pathsOf(documented.get(name)),
    ...(name === 'watch' || name === 'show' ? pathsOf(whole) : []),
  ]
  const shapeOf = async (...args: string[]) =>
    JSON.parse((await sluice([...args, '--json'])).stdout)

  test.each([
    ['list', ['list']],
    ['status', ['status', 'web']],
    ['history', ['history', 'web']],
    ['show', ['show', 'web-1']],
    ['get', ['get', 'web']],
    ['completion', ['completion', 'bash']],
    ['error', ['status', 'wbe']],
  ])('of %s', async (name, args) => {
    const shown = documentedPaths(name)
    const real = pathsOf(await shapeOf(...args))
    // What is null or empty now has no paths below it; but nothing is there that the page does not have.
    expect(shown).toEqual(expect.arrayContaining(real))
    expect(real.length).toBeGreaterThan(1)
  })

  test('of watch', () => {
    const real = new Set(documents(watched.stdout).flatMap((one) => pathsOf(one)))
    const known = new Set(documentedPaths('watch'))
    expect([...real].filter((path) => !known.has(path))).toEqual([])
  })
})
