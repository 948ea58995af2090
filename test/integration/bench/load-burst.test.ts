import { expect, it } from 'vitest'
import { isKept } from '../../../bench/line.ts'
import { measureBurst } from '../../../bench/load/burst.ts'

it('a burst of events, some of them twice, gives each canary one execution', async () => {
  const { lines } = await measureBurst(5, 40, 1)
  expect(lines.filter((line) => !isKept(line))).toEqual([])
  expect(
    lines.filter(({ atMost }) => atMost !== undefined).map(({ measured }) => measured),
  ).toEqual([0, 0])
})
