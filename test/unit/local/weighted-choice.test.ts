import { expect, test } from 'vitest'
import { weightedAnswers } from '../../../local/data-plane/dns/weighted-answers.ts'
import { createWeightedChoice } from '../../../local/data-plane/weighted-choice.ts'
import { seededRandom } from '../../../local/seeded-random.ts'

const tally = (keys: readonly (string | undefined)[]) => {
  const counts: Record<string, number> = {}
  for (const key of keys) counts[key ?? 'none'] = (counts[key ?? 'none'] ?? 0) + 1
  return counts
}

test.each([
  [9, 1],
  [999, 0],
  [1, 1],
  [17, 3],
])('of %d : %d each gets its share, to within one, wherever it is looked at', (blue, green) => {
  const choose = createWeightedChoice(seededRandom(4))
  const choices = [
    { key: 'blue', weight: blue },
    { key: 'green', weight: green },
  ]
  for (let look = 0; look < 5; look++) {
    const { green: got = 0 } = tally(Array.from({ length: 50 }, () => choose(choices)))
    expect(Math.abs(got - (50 * green) / (blue + green))).toBeLessThanOrEqual(1)
  }
})

test('nothing has weight: nothing is chosen', () => {
  expect(createWeightedChoice(seededRandom(1))([{ key: 'blue', weight: 0 }])).toBeUndefined()
})

test('another seed begins elsewhere, the same one does not', () => {
  const run = (seed: number) => {
    const choose = createWeightedChoice(seededRandom(seed))
    const choices = [
      { key: 'blue', weight: 9 },
      { key: 'green', weight: 1 },
    ]
    return Array.from({ length: 30 }, () => choose(choices)).join()
  }
  expect(run(1)).toBe(run(1))
  expect(new Set([1, 2, 3, 4, 5].map(run)).size).toBeGreaterThan(1)
})

const candidate = (address: string, weight: number) => ({
  identifier: address,
  weight,
  values: [address],
})

test("a name's answer is one of its weighted records; A and AAAA are chosen each by itself", () => {
  const answer = weightedAnswers(
    (name, type) => ({
      kind: 'records',
      name,
      type,
      ttl: 1,
      candidates: [candidate('127.0.0.2', 3), candidate('127.0.0.3', 1)],
    }),
    seededRandom(1),
  )
  const answers = Array.from({ length: 8 }, () => answer('shop.example.com', 'A'))
  expect(
    tally(answers.map((each) => (each.kind === 'found' ? each.addresses[0] : each.kind))),
  ).toEqual({ '127.0.0.2': 6, '127.0.0.3': 2 })
  expect(answer('shop.example.com', 'AAAA')).toMatchObject({ kind: 'found', ttl: 1 })
})

test.each([
  ['no-data', 'no-data'],
  ['no-name', 'no-name'],
  ['no-zone', 'no-name'],
] as const)('%s is answered as %s', (kind, expected) => {
  expect(weightedAnswers(() => ({ kind }), seededRandom(1))('x', 'A')).toEqual({ kind: expected })
})
