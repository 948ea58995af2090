import { afterEach, expect, test, vi } from 'vitest'
import type { TestCase, TestModule } from 'vitest/node'
import { stillRunning } from '../fixtures/still-running.ts'

afterEach(() => void vi.useRealTimers())

test('what has run for a minute is told, by file and tests, until it ends', async () => {
  vi.useFakeTimers()
  const lines: string[] = []
  const reporter = stillRunning((line) => lines.push(line), 60_000)
  const module = { relativeModuleId: 'test/slow.test.ts' } as TestModule
  const testCase = { module, fullName: 'a rollout ends' } as TestCase

  await reporter.onTestRunStart?.([])
  await reporter.onTestModuleStart?.(module)
  vi.advanceTimersByTime(59_000)
  expect(lines).toEqual([])
  vi.advanceTimersByTime(1_000)
  expect(lines.splice(0)).toEqual([
    'still running after 60 s: test/slow.test.ts: none of its tests: a hook',
  ])
  await reporter.onTestCaseReady?.(testCase)
  vi.advanceTimersByTime(60_000)
  expect(lines.splice(0)).toEqual(['still running after 120 s: test/slow.test.ts: a rollout ends'])
  await reporter.onTestCaseResult?.(testCase)
  await reporter.onTestModuleEnd?.(module)
  vi.advanceTimersByTime(120_000)
  expect(lines).toEqual([])
  await reporter.onTestRunEnd?.([], [], 'passed')
  expect(vi.getTimerCount()).toBe(0)
})
