/** What may interrupt a bake. */
export type SignalKind = 'abort' | 'approve' | 'task-stopped' | 'newer-revision'

/** A signal on a rollout's record. The same id twice is one signal. */
export interface Signal {
  readonly id: string
  readonly kind: SignalKind
  readonly at: number
  /** Who or what sent it: a person's name, a task's ARN. */
  readonly who: string
  readonly why: string
  /** When an assessment took it into account; absent while it is pending. */
  readonly seenAt?: number
}
