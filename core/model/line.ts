/** The one switch for all canaries: while the line is stopped no step up happens anywhere. */
export interface Line {
  readonly stopped: boolean
  readonly reason?: string | undefined
  readonly who?: string | undefined
  /** Milliseconds since the epoch. */
  readonly at?: number | undefined
}
