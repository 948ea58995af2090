import { describe, expect, it } from 'vitest'
import { readDefinition } from '../../core/model/definition.ts'
import { createDice } from './dice.ts'
import { mutated } from './mutate.ts'
import { createQuietAws } from './recorded-requests.ts'
import { fuzz } from './run.ts'
import { TARGETS } from './targets/index.ts'

/** A few; `npm run fuzz` feeds a million. */
const INPUTS = 1_500

describe.each(Object.entries(TARGETS))('%s', (_, create) => {
  it('are answered as they should be, whatever comes', async () => {
    const target = await create()
    try {
      expect(await fuzz({ target, inputs: INPUTS, from: 1 })).toEqual([])
    } finally {
      await target.close?.()
    }
  })
})

/** What fuzzing has found. */
it.each([
  ['AWSEvents.PutEvents', '{"Entries":[null]}'],
  [
    'GraniteServiceVersion20100801.GetMetricData',
    '{"MetricDataQueries":[null],"StartTime":0,"EndTime":1}',
  ],
  [
    'GraniteServiceVersion20100801.GetMetricData',
    '{"MetricDataQueries":[{"Id":"a","Expression":"1","Period":60}],"StartTime":0,"EndTime":6e11}',
  ],
  ['AmazonEC2ContainerServiceV20141113.DescribeTasks', '{"tasks":[null],"cluster":"shop"}'],
  ['DynamoDB_20120810.PutItem', 'null'],
  ['DynamoDB_20120810.PutItem', '{"TableName":"Re'],
  ['DynamoDB_20120810.GetItem', '{"TableName":"Records","Key":{"Canary":null}}'],
])('%s of %s is refused, and breaks nothing', async (target, body) => {
  const faults: unknown[] = []
  const aws = createQuietAws((fault) => void faults.push(fault))
  const headers = { 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.1' }
  const request = { method: 'POST', path: '/', query: {}, headers, body: Buffer.from(body) }
  const { status } = await aws.endpoint.handle(request)
  await aws.close()
  expect([status, faults]).toEqual([400, []])
})

it.each(['constructor', 'toString', '__proto__'])('a plan named %s is no known plan', (plan) => {
  const reading = readDefinition({ plan })
  const texts = reading.kind === 'broken' ? reading.issues.map(({ text }) => text) : []
  expect(texts.join('\n')).toContain(`"${plan}" is no known plan; use one of linear,`)
})

it('an array whose constructor was replaced loses a member all the same', () => {
  const sample = Object.assign(['a', 'b', 'c'], { constructor: 'mine' })
  const lengths = Array.from(
    { length: 50 },
    (_, seed) => (mutated(createDice(seed), sample, []) as { length?: number } | null)?.length,
  )
  expect(lengths).toContain(2)
})

it('a field whose name breaks the line is told in one line', () => {
  const reading = readDefinition({ 'a\nb\u001b[2J': 1 })
  const texts = reading.kind === 'broken' ? reading.issues.map(({ text }) => text) : []
  expect(texts.join('')).toContain('a\\u000ab\\u001b[2J: is no field of a definition')
})

it('an answer that should not be is told with the seed of its input', async () => {
  const target = {
    name: 'even',
    feed: (dice: { below(sides: number): number }) => {
      if (dice.below(10) === 3) throw new Error('three')
    },
  }
  const [failure] = await fuzz({ target, inputs: 200, from: 1 })
  expect(failure).toMatchObject({ target: 'even', error: new Error('three') })
  const again = await fuzz({ target, inputs: 1, from: failure?.seed ?? 0 })
  expect(again).toEqual([failure])
})

it('one seed makes one input', () => {
  const sample = { a: [1, 2, { b: 'text' }], c: null }
  const made = (seed: number) => JSON.stringify(mutated(createDice(seed), sample, ['word']))
  const inputs = Array.from({ length: 50 }, (_, seed) => made(seed))
  expect(inputs).toEqual(Array.from({ length: 50 }, (_, seed) => made(seed)))
  expect(new Set(inputs).size).toBeGreaterThan(40)
})
