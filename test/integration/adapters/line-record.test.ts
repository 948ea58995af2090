import { beforeEach, expect, test } from 'vitest'
import { createLocalTable } from '../../fixtures/local-table.ts'

let local: Awaited<ReturnType<typeof createLocalTable>>
beforeEach(async () => {
  local = await createLocalTable()
})

const byHand = (Stopped: unknown) =>
  local.put({ Canary: '*', Record: 'stop-the-line', ...(Stopped === undefined ? {} : { Stopped }) })

test('the line that nobody ever stopped has no record', async () => {
  expect(await local.store.readLine()).toBeUndefined()
})

test('the line is written under readable names, and the last writer decides', async () => {
  const at = Date.UTC(2026, 0, 1)
  await local.store.writeLine({ stopped: true, reason: 'incident 4711', who: 'maria', at })
  expect(await local.item('*', 'stop-the-line')).toEqual({
    Canary: '*',
    Record: 'stop-the-line',
    Stopped: true,
    Reason: 'incident 4711',
    Who: 'maria',
    At: at,
  })
  expect(await local.store.readLine()).toMatchObject({ stopped: true, who: 'maria', at })

  await local.store.writeLine({ stopped: false })
  expect(await local.item('*', 'stop-the-line')).toEqual({
    Canary: '*',
    Record: 'stop-the-line',
    Stopped: false,
  })
})

test.each([
  [true, true],
  [false, false],
  [undefined, false],
  // A slip of the pen stops too much and never too little.
  ['true', true],
  ['false', true],
  ['no', true],
  [0, true],
  [null, true],
])('a person who writes Stopped as %j means %j', async (written, stopped) => {
  await byHand(written)
  expect((await local.store.readLine())?.stopped).toBe(stopped)
})
