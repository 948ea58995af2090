import { RoleError, SluiceError } from '../../core/errors.ts'

/** Left of the function's time for the last try, and for what comes after it. */
const RESERVE_MS = 20_000

/** A permission that is not there after so long will not come. */
const LONGEST_MS = 60_000

const PAUSE_MS = 3_000

/** As services call a caller that they do not let. */
const DENIALS: ReadonlySet<string> = new Set(['AccessDenied', 'AccessDeniedException'])

/**
 * Tries again while time is left what a moment may mend: a throttle, and a role or policy that a stack made a second
 * ago and IAM does not know everywhere yet.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
 */
export async function patiently<Result>(
  run: () => Promise<Result>,
  time: {
    readonly now: () => number
    /** How long the function may still run. */
    readonly milliseconds: number
    readonly note: (error: unknown) => void
  },
): Promise<Result> {
  const end = time.now() + Math.min(LONGEST_MS, time.milliseconds - RESERVE_MS)
  for (;;) {
    try {
      return await run()
    } catch (error) {
      if (!mayPass(error) || time.now() + PAUSE_MS > end) throw error
      time.note(error)
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
  }
}

function mayPass(error: unknown): boolean {
  if (error instanceof RoleError || isDenial(error)) return true
  return error instanceof SluiceError && (error.retryable || isDenial(error.cause))
}

function isDenial(error: unknown): boolean {
  return error instanceof Error && DENIALS.has(error.name)
}
