import type { Slot } from '../../model/slot.ts'
import { formatNumber } from './wording.ts'

/** Why a comparison can neither pass nor fail. */
export interface OpenQuestion {
  readonly reason: string
  /** The candidate was seen, but too little of it; see `Verdict`. */
  readonly tooLittle?: true
}

/** Data of the candidate that never came at this step, or that stopped coming. */
export function missingData(
  { answeredAt }: { readonly answeredAt?: number },
  { staleAfter }: { readonly staleAfter: number },
  now: number,
  candidate: Slot,
): OpenQuestion | undefined {
  if (answeredAt === undefined) return { reason: `no data of ${candidate} in this step` }
  const silent = Math.floor((now - answeredAt) / 1000)
  return silent > staleAfter
    ? { reason: `no data of ${candidate} for ${formatNumber(silent)} s` }
    : undefined
}
