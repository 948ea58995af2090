import { BEGINNING } from './clock.ts'

export interface Violation {
  /** Which promise or rule. */
  readonly rule: string
  readonly what: string
}

/** What happens in a simulation, in order, and what of it must not have. */
export interface Journal {
  readonly lines: readonly string[]
  readonly violations: readonly Violation[]
  note(line: string): void
  violated(rule: string, what: string): void
  reached(kind: string, what: string): void
  readonly reachedPoints: ReadonlySet<string>
}

export function createJournal(): Journal {
  const lines: string[] = []
  const violations: Violation[] = []
  const reachedPoints = new Set<string>()
  const note = (line: string): void => {
    lines.push(`${((Date.now() - BEGINNING) / 1000).toFixed(3).padStart(10)} ${line}`)
  }
  return {
    lines,
    violations,
    reachedPoints,
    note,
    violated(rule, what) {
      // The same thing seen at every later event is one.
      if (violations.some((known) => known.rule === rule && known.what === what)) return
      violations.push({ rule, what })
      note(`VIOLATED ${rule}: ${what}`)
    },
    reached: (kind, what) => void reachedPoints.add(`${kind} ${what}`),
  }
}
