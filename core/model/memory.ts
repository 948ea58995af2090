import type { CheckMemory } from './check-memory.ts'

/** What a `custom` check knows of the function's present run, which may take several looks. */
export interface RunMemory {
  readonly kind: 'run'
  /** Names the run, the same at each invocation of it. */
  readonly id: string
  /** Milliseconds since the epoch of its first invocation. */
  readonly since: number
  /** When it asked to be asked again, milliseconds since the epoch. */
  readonly again: number
  readonly invocations: number
}

/** An `http` probe was answered before: silence is then the candidate's, and not the network's. */
export interface ProbeMemory {
  readonly kind: 'answered'
}

/** What one check has to remember from look to look. Small and bounded: fifty of them are in one record. */
export type Memory = CheckMemory | RunMemory | ProbeMemory

/** By the check's name. */
export type Memories = Readonly<Record<string, Memory>>
