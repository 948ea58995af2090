import {
  measureEarly,
  measureLooks,
  measurePairs,
  measureRecord,
  measureTenChecks,
} from './measure-others.ts'
import { measureRow } from './measure-rows.ts'
import { measureSpeed } from './measure-speed.ts'
import type { Report } from './report.ts'
import { ERROR_ROWS, SLOW_ROWS } from './rows.ts'

/** Measures how the comparison does, on simulated traffic. The same seed and runs give the same numbers, but for the times. */
export function measureVerdicts(runs: number, seed: number): Report {
  // The times first: the garbage of two million looks is nothing that a function at work has.
  const speed = measureSpeed(seed)
  const errors = ERROR_ROWS.map((row) => measureRow(row, runs, seed))
  const slow = SLOW_ROWS.map((row) => measureRow(row, runs, seed))
  const others = [
    {
      title: 'Ten checks at once: a good version is failed back',
      cases: measureTenChecks(runs, seed),
    },
    { title: 'Growth with looks: a good version is failed back', cases: measureLooks(runs, seed) },
    { title: 'Without live traffic: failed back', cases: measureRecord(runs, seed) },
    { title: 'promoteEarly: passed early', cases: measureEarly(runs, seed) },
    { title: 'Paired values: failed back', cases: measurePairs(runs, seed) },
  ]
  const all = [...errors, ...slow, ...others.flatMap(({ cases }) => cases), ...speed]
  const ok = all.every(({ missed }) => missed.length === 0)
  return { ok, seed, runs, errors, slow, others, speed }
}
