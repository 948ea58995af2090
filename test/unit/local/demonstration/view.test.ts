import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import type { Environment } from '../../../../local/demonstration/environment/environment.ts'
import type { RolloutRecord } from '../../../../local/demonstration/rollout/records.ts'
import { liveView } from '../../../../local/demonstration/view/live.ts'
import type { Progress } from '../../../../local/demonstration/view/observer.ts'
import { plainView } from '../../../../local/demonstration/view/plain.ts'
import { withSlotNames } from '../../../../local/demonstration/view/slot-names.ts'

const rollout: RolloutRecord = {
  Rollout: 'shop-alb-1',
  Status: 'baking',
  Candidate: 'green',
  Step: 1,
  Weight: 10,
  Achieved: 10,
  Reason: 'green has 10 % of the traffic',
  Hold: { execution: 'shop-alb-1' },
  Evidence: [
    { check: 'error-rate', kind: 'fail', reason: `error-rate is 0.05 ${'x'.repeat(200)}` },
  ],
  Timeline: [],
}

const environment: Environment = {
  router: 'alb',
  stack: 'Example',
  canary: 'shop-alb',
  cluster: 'Example-Cluster1',
  services: { blue: 'Example-Blue1', green: 'Example-Green1' },
  host: 'shop.example.com',
  entrance: { kind: 'listener', listener: 'arn' },
  readWeights: async () => ({ blue: 90, green: 10 }),
  commands: [],
}

const progress: Progress = {
  router: 'alb',
  canary: 'shop-alb',
  candidate: 'green',
  elapsed: 4_200,
  rollout,
  state: 'Bake',
  count: {
    requests: { blue: 90, green: 10 },
    errors: { green: 1 },
    failed: 1,
    firstBadAt: 1,
    failures: [],
  },
}

/** What a terminal shows after all that was written to it. */
function screenOf(written: string): string[] {
  const lines: string[] = []
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the terminal's own
  for (const part of written.split(/(\x1b\[\d+A\x1b\[J)/)) {
    const up = /\[(\d+)A/.exec(part)?.[1]
    if (up !== undefined) lines.splice(lines.length - Number(up))
    else lines.push(...stripVTControlCharacters(part).split('\n').slice(0, -1))
  }
  return lines
}

test('a terminal shows the state, the share as a bar, both slots and the evidence, once', () => {
  let written = ''
  const view = liveView({
    columns: 70,
    write: (text) => {
      written += text
    },
  })
  view.begins({ number: 1, of: 1, environment, title: 'a version with 5% errors' })
  view.progress({ ...progress, rollout: undefined, state: undefined })
  view.progress(progress)
  view.happened({ at: 0, what: 'shifted', why: 'step 1 of 3', who: 'shop-alb-1', weight: 10 })
  view.progress(progress)
  const screen = screenOf(written)
  const shown = screen.join('\n')
  expect(shown.match(/Bake/g)).toHaveLength(1)
  expect(shown.match(/shifted to 10 %: step 1 of 3/g)).toHaveLength(1)
  expect(shown).toContain(`${'█'.repeat(3)}${'░'.repeat(27)}  green 10 %`)
  expect(shown).toMatch(/blue +live +90 % +90 requests +0 errors/)
  expect(shown).toMatch(/green +candidate +10 % +10 requests +1 errors/)
  expect(shown).toContain('✗ error-rate is 0.05')
  expect(Math.max(...screen.map((line) => line.length))).toBeLessThan(70)
})

test('a log gets a line for each change and none for what stays', () => {
  const lines: string[] = []
  const view = plainView((line) => lines.push(stripVTControlCharacters(line)))
  view.progress(progress)
  const before = lines.length
  view.progress({ ...progress, elapsed: 5_000 })
  expect(lines).toHaveLength(before)
  view.progress({ ...progress, state: 'Fail Back' })
  expect(lines.at(-1)).toMatch(/\[Fail Back\] green has 10 %; blue 90 requests, 0 errors/)
})

test('a log tells of a missing answer only where a step waits for it, and of each answer once', () => {
  const lines: string[] = []
  const view = plainView((line) => lines.push(stripVTControlCharacters(line)))
  const look = (kind: 'pass' | 'inconclusive', reason: string) => {
    const evidence = [{ check: 'errors', kind, reason: `errors: ${kind}` }]
    view.progress({ ...progress, rollout: { ...rollout, Evidence: evidence, Reason: reason } })
    return lines.splice(0).filter((line) => line.includes('errors: '))
  }
  expect(look('inconclusive', 'waiting for an answer')).toEqual([])
  expect(look('pass', 'all checks pass')).toEqual([expect.stringMatching(/✓ errors: pass$/)])
  expect(look('pass', 'all checks pass')).toEqual([])
  expect(look('inconclusive', 'waiting for an answer')).toEqual([])
  expect(look('inconclusive', 'bake extended: too little')).toEqual([
    expect.stringMatching(/· errors: inconclusive$/),
  ])
  expect(look('pass', 'all checks pass')).toHaveLength(1)
})

test('a line of the timeline leaves out the ids of tasks', () => {
  const lines: string[] = []
  const view = plainView((line) => lines.push(stripVTControlCharacters(line)))
  const why = 'a task of web:2 runs (arn:aws:ecs:us-east-1:123456789012:task/main/0123456789abcdef)'
  view.happened({ at: 0, what: 'claimed', why, who: 'trigger' })
  expect(lines[0]).toMatch(/claimed: a task of web:2 runs/)
  expect(lines[0]).not.toContain('arn:')
})

test("names that CloudFormation made are told as the slots' names", () => {
  const lines: string[] = []
  const view = withSlotNames(plainView((line) => lines.push(stripVTControlCharacters(line))))
  view.begins({ number: 1, of: 1, environment, title: 'a version' })
  const evidence = {
    check: 'ecs',
    kind: 'pass',
    reason: 'Example-Cluster1/Example-Green1 runs',
  } as const
  view.progress({ ...progress, rollout: { ...rollout, Evidence: [evidence] } })
  view.happened({ at: 0, what: 'held', why: 'Example-Cluster1/Example-Blue1 waits', who: 'shop' })
  expect(lines.join()).toContain('✓ green runs')
  expect(lines.join()).toContain('held: blue waits')
  expect(lines.join()).not.toContain('Cluster1')
})

test('the end of a rollout tells why requests failed: by whom, how often and when', () => {
  const lines: string[] = []
  const view = plainView((line) => lines.push(stripVTControlCharacters(line)))
  const at = { firstMs: 1_200, lastMs: 3_400 }
  const place = '127.0.0.2:8080'
  view.ends({
    expected: { outcome: 'failed-back' },
    problems: [],
    result: {
      ...{ canary: 'shop-alb', rollout: 'shop-alb-1', router: 'alb', outcome: 'failed-back' },
      ...{ reason: 'errors', held: false, weights: [10], bakesMs: [1], triggerMs: 1 },
      ...{ baseline: { blue: 1, green: 0 }, final: { blue: 1, green: 0 }, firstShiftMs: 1 },
      failBackMs: 1,
      requests: { blue: 90, green: 10, failed: 6 },
      failures: [
        {
          count: 3,
          phase: 'answered',
          status: 500,
          code: null,
          slot: 'green',
          place,
          text: 'broken',
          ...at,
        },
        {
          count: 2,
          phase: 'answered',
          status: 503,
          code: null,
          slot: null,
          place,
          text: 'no targets',
          ...at,
        },
        {
          count: 1,
          phase: 'waiting',
          status: null,
          code: 'ECONNRESET',
          slot: null,
          place,
          text: 'socket hang up',
          ...at,
          lastMs: 1_200,
        },
      ],
    },
  })
  expect(lines.slice(-3).map((line) => line.trim())).toEqual([
    '3 × 500 from green: broken (1.2 s to 3.4 s)',
    '2 × 503 from the load balancer at 127.0.0.2:8080: no targets (1.2 s to 3.4 s)',
    '1 × ECONNRESET while waiting for an answer of 127.0.0.2:8080: socket hang up (at 1.2 s)',
  ])
})
