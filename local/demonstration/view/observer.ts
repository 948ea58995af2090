import type { Count } from '../../data-plane/load-generator/count.ts'
import type { Environment, RouterName, SlotName } from '../environment/environment.ts'
import type { Expected } from '../rollout/act.ts'
import type { RolloutRecord, TimelineEntry } from '../rollout/records.ts'
import type { RolloutResult } from '../rollout/result.ts'

/** A rollout at one moment, from the table and the execution. */
export interface Progress {
  readonly router: RouterName
  readonly canary: string
  readonly candidate: SlotName
  /** Milliseconds since it was started. */
  readonly elapsed: number
  /** Undefined until Sluice has one. */
  readonly rollout: RolloutRecord | undefined
  /** The workflow's state. */
  readonly state: string | undefined
  readonly count: Count
}

export interface Ended {
  readonly result: RolloutResult
  readonly expected: Expected
  readonly problems: readonly string[]
}

/** Who is told what the demonstration does. */
export interface Observer {
  /** Preparation. */
  note(text: string): void
  begins(act: {
    readonly number: number
    readonly of: number
    readonly environment: Environment
    readonly title: string
  }): void
  /** Often: several times a second. */
  progress(progress: Progress): void
  /** A line of the rollout's timeline, or what the scenario did to it. */
  happened(entry: TimelineEntry): void
  ends(ended: Ended): void
  summary(all: readonly Ended[], seconds: number): void
}

export const silent: Observer = {
  note() {},
  begins() {},
  progress() {},
  happened() {},
  ends() {},
  summary() {},
}
