import type { SignalKind } from './signal.ts'

/**
 * That somebody is who they are: a signed `GetCallerIdentity` request that only STS can check, and that its sender has
 * not sent. It lets whoever has it ask STS once more within minutes, and do nothing else.
 */
export interface IdentityProof {
  /** The signed ones, and `authorization`; names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** The request that a proof is made for. It is good for no other one. */
export interface ProvenRequest {
  readonly canary: string
  /** The rollout that is meant: kept, the proof is no good for the next one. */
  readonly rollout?: string
  readonly kind: SignalKind
  readonly id: string
}

/** The signed header that says what the proof is for. */
export const PROOF_HEADER = 'x-sluice-request'

/** `web/web-7/abort/1f0c…`: what stands in the header. Each part is escaped, so that no two requests read the same. */
export function proofSubject({ canary, rollout = '', kind, id }: ProvenRequest): string {
  // Half a character, which JSON may carry, has no escape.
  return [canary, rollout, kind, id]
    .map((part) => encodeURIComponent(part.toWellFormed()))
    .join('/')
}
