import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BundledCommand, bundledCommand } from '../../fixtures/command.ts'
import { createLocalCanary, type LocalCanary } from '../../fixtures/in-process/local-canary.ts'

let canary: LocalCanary
let command: BundledCommand

beforeAll(async () => {
  canary = await createLocalCanary()
  const { url } = await canary.aws.listen()
  command = await bundledCommand({
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL: url,
  })
  await canary.define()
})

afterAll(async () => {
  await command.close()
  await canary.close()
})

test('the status of a canary says which slot is live and that nothing rolls out', async () => {
  const { code, stdout, stderr } = await command.run(['status', 'web'])
  expect(stderr).toBe('')
  expect(stdout).toContain('web: blue is live, green is idle')
  expect(stdout).toContain('blue   shop/blue')
  expect(stdout).toContain('no rollout yet')
  expect(code).toBe(0)
})

test('with --json it is one document', async () => {
  const { code, stdout } = await command.run(['status', 'web', '--json'])
  expect(JSON.parse(stdout)).toMatchObject({
    canary: 'web',
    status: 'idle',
    live: 'blue',
    candidate: 'green',
    rollout: null,
  })
  expect(code).toBe(0)
})

test('a name that is not quite right is told the right one', async () => {
  const { code, stdout, stderr } = await command.run(['status', 'wbe'])
  expect(stderr).toContain('there is no canary "wbe"; did you mean "web"?')
  expect(stdout).toBe('')
  expect(code).toBe(2)
})
