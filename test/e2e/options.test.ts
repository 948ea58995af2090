import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { parseOptions } from '../../local/demonstration/options.ts'
import { demonstrate } from './demonstration.ts'

test('nothing told: the tour, on its own routers', () => {
  expect(parseOptions([])).toEqual({
    scenario: 'tour',
    router: undefined,
    serve: false,
    port: 0,
    seed: 1,
    json: false,
    help: false,
  })
})

test.each([
  [['--bogus'], "unknown option '--bogus'; see --help"],
  [['extra'], "unexpected argument 'extra'; see --help"],
  [['--scenario', 'nope'], '--scenario "nope" is unknown; use tour, healthy, errors'],
  [['--router', 'nlb'], '--router "nlb" is unknown; use alb, route53'],
  [['--port', '65536'], '--port "65536" is no whole number from 0 to 65535'],
  [['--seed', '1.5'], '--seed "1.5" is no whole number from 0 to'],
])('%j is refused', (args, message) => {
  expect(() => parseOptions(args)).toThrow(message)
})

test('a wrong option is one line on stderr and exit code 2', async () => {
  expect(await demonstrate('--scenario', 'nope')).toEqual({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(/^[^\n]+\n$/),
  })
})

test('a port in use is one line on stderr and exit code 2', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  expect(await demonstrate('--serve', '--port', String(port))).toEqual({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(new RegExp(`^port ${port} is in use[^\n]+\n$`)),
  })
  server.close()
})

test('--help tells every scenario', async () => {
  const { code, stdout } = await demonstrate('--help')
  expect(code).toBe(0)
  for (const name of [
    'tour',
    'healthy',
    'errors',
    'crash',
    'never-ready',
    'stopped',
    'retrigger',
    'denied',
    'small-regression',
    'slow',
    'shared-incident',
    'no-traffic',
    'low-traffic',
  ]) {
    expect(stdout).toContain(name)
  }
})
