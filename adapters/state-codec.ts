import type { CanaryState } from '../core/model/canary-state.ts'
import { createCodec } from './record-codec.ts'
import { bySlot, count, flag, map, oneOf, optional, slot, text } from './record-fields.ts'

/** The `state` record, which people open and edit. */
export const stateCodec = createCodec<CanaryState>({
  // Removed by hand it means what a person who removes it means: not triggered.
  triggered: { ...flag, missing: false },
  revision: optional(text),
  cause: optional(text),
  attempt: count,
  live: slot,
  candidateService: optional(text),
  services: bySlot(text),
  role: optional(text),
  activeRollout: optional(text),
  execution: optional(text),
  waitingRevision: optional(text),
  scaledDown: optional(map),
  lastRollout: optional(text),
  lastOutcome: optional(oneOf(['promoted', 'failed-back'])),
})
