import type { EFFECTS } from './checks/fields.ts'

/** What a check answers. `error` is a provider's failure and speaks neither for nor against the candidate. */
export type VerdictKind = 'pass' | 'fail' | 'inconclusive' | 'error'

/** What a verdict does to the decision; see `core/model/checks/fields.ts`. */
export type Effect = (typeof EFFECTS)[number]

/** A check's answer with its evidence: numbers, window and source, in a sentence and apart. */
export interface Verdict {
  readonly check: string
  readonly kind: VerdictKind
  /** `required` where it does not say. */
  readonly effect?: Effect
  /** Reads as a sentence without its context. */
  readonly reason: string
  /** The numbers behind it, by name. */
  readonly numbers: Readonly<Record<string, number>>
  readonly source: string
  /** Milliseconds since the epoch. */
  readonly window: { readonly from: number; readonly to: number }
  /**
   * Of an `inconclusive` verdict: the candidate was seen, but too little of it to judge. This alone is what
   * `onInconclusive: pass` forgives.
   */
  readonly tooLittle?: true
  /** Of a comparison: the ratio's confidence sequence lies under the bound of `promoteEarly`. */
  readonly underBound?: boolean
  /** When the check was run, milliseconds since the epoch; before the present look where it was not due. */
  readonly at?: number
}

/** The verdicts that a decision is made of: an advisory one never counts, a veto only where it fails. */
export function deciding(verdicts: readonly Verdict[]): Verdict[] {
  return verdicts.filter(
    ({ effect, kind }) => effect !== 'advisory' && (effect !== 'veto' || kind === 'fail'),
  )
}
