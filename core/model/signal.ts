/** What may interrupt a bake: people's wishes, and what happens to the candidate. */
export type SignalKind =
  | 'abort'
  | 'approve'
  | 'reject'
  | 'pause'
  | 'resume'
  | 'promote'
  | 'promote-full'
  | 'alarm'
  | 'task-stopped'
  | 'newer-revision'

/** A signal on a rollout's record. The same id twice is one signal. */
export interface Signal {
  readonly id: string
  readonly kind: SignalKind
  /** 1, 2, … in order of recording: functions' clocks differ, so this and never `at` tells what came first. */
  readonly number: number
  /** The rollout's step when it was recorded; of `approve` and `reject` the step that is asked for. */
  readonly step: number
  readonly at: number
  /** Who or what sent it: a person's name, a task's ARN. */
  readonly who: string
  readonly why: string
  /** When an assessment took it into account; absent while it is pending. */
  readonly seenAt?: number
}
