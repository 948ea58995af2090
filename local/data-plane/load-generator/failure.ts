/** How far a request came before it ended badly. */
export type Phase = 'resolving' | 'connecting' | 'waiting' | 'reading' | 'answered'

/** Why a request ended badly, as its client saw it. */
export interface Failure {
  readonly phase: Phase
  /** Of the answer; null where there was none. */
  readonly status: number | null
  /** The system's name of what went wrong, such as ECONNRESET; null where there was a whole answer. */
  readonly code: string | null
  /** Whose task answered, by its own word; null where none did: then it was a load balancer, or nobody. */
  readonly slot: string | null
  /** Where the request was sent, `host:port`; null where the name had no address. */
  readonly place: string | null
  /** What the answer or the error said, in one line. */
  readonly text: string
}

const MOST_TEXT = 200

export const inOneLine = (text: string) => text.replace(/\s+/g, ' ').trim().slice(0, MOST_TEXT)

/** The system's code where there is one, otherwise the error's name: `TimeoutError` is a client that gave up. */
export function codeOf(error: unknown): string {
  const { code, name } = error as NodeJS.ErrnoException
  return typeof code === 'string' ? code : name
}
