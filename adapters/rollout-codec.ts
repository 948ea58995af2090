import type { Outcome, Rollout, RolloutStatus } from '../core/model/rollout.ts'
import type { Verdict } from '../core/model/verdict.ts'
import { type Codec, createCodec } from './record-codec.ts'
import { bySlot, count, list, map, number, oneOf, optional, slot, text } from './record-fields.ts'

const STATUSES = Object.keys({
  preparing: true,
  waiting: true,
  shifting: true,
  baking: true,
  holding: true,
  promoting: true,
  'failing-back': true,
  promoted: true,
  'failed-back': true,
} satisfies Record<RolloutStatus, true>)

const OUTCOMES = ['promoted', 'failed-back'] satisfies Outcome[]

const fields = createCodec<Rollout>({
  attempt: count,
  rollout: text,
  status: oneOf(STATUSES),
  candidate: slot,
  revision: text,
  startedAt: number,
  hold: map,
  definition: optional(map),
  baseline: optional(bySlot(count)),
  desiredCountBefore: optional(count),
  minimumBefore: optional(count),
  scaledDown: optional(map),
  tasksNeeded: optional(count),
  step: count,
  weight: number,
  achieved: number,
  change: optional(map),
  progress: optional(map),
  deadline: optional(number),
  waiting: optional(map),
  gate: optional(map),
  readyAt: optional(number),
  signals: map,
  looks: { ...count, missing: 0 },
  evidence: list,
  memory: optional(map),
  series: optional(map),
  hooks: optional(map),
  timeline: list,
  outcome: optional(oneOf(OUTCOMES)),
  reason: { ...text, accepts: (value) => typeof value === 'string' },
  endedAt: optional(number),
  expiresAt: optional(count),
})

/** The `rollout#<attempt>` record. */
export const rolloutCodec: Codec<Rollout> = {
  ...fields,
  decode(item) {
    const rollout = fields.decode(item)
    return { ...rollout, evidence: rollout.evidence.map(withNumbers) }
  },
}

/** An evidence's number beyond DynamoDB's range, a likelihood ratio of 1e-200 or an infinity, is a text in the table. */
function withNumbers(verdict: Verdict): Verdict {
  const numbers = Object.entries(verdict.numbers).map(([name, value]) => [name, Number(value)])
  return { ...verdict, numbers: Object.fromEntries(numbers) }
}
