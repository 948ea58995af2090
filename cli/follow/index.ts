import type { Rollout } from '../../core/model/rollout.ts'
import type { Container } from '../container.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import type { Output } from '../output.ts'
import { shownDuration, shownPercent, wrapped } from '../view/text.ts'
import { followRollout } from './follow.ts'
import { createFollowView } from './view.ts'

export interface Followed {
  readonly canary: string
  readonly attempt: number
}

/**
 * Shows a rollout until it has ended, then says how; the exit code is its outcome. Ctrl-C ends the showing and says that
 * the rollout goes on, and so does an error that does: nothing that happens to this command happens to the rollout.
 */
export async function follow(
  container: Container,
  output: Output,
  followed: Followed,
): Promise<ExitCode> {
  const { surroundings } = container
  const interruption = surroundings.interruption()
  const view = await createFollowView(output, surroundings)
  try {
    const end = await followRollout(container, followed, view, interruption)
    if (end.kind === 'interrupted') return interrupted(output, followed)
    output.print('', ...conclusion(output, end.rollout))
    return end.rollout.outcome === 'promoted' ? EXIT.done : EXIT.refused
  } catch (error) {
    output.note(goesOn(followed))
    throw error
  }
}

/** What a person who leaves has to know. */
export function interrupted(output: Output, followed: Followed): ExitCode {
  const { canary } = followed
  output.note(
    '',
    goesOn(followed),
    `  to see it again:  sluice watch ${canary}`,
    `  to stop it:       sluice abort ${canary} --reason "…"`,
  )
  return EXIT.interrupted
}

function goesOn({ canary, attempt }: Followed): string {
  return `${canary}-${attempt} goes on: it does not need this command.`
}

/** How a rollout ended, and where the traffic is. */
export function conclusion(
  { paint, columns }: Pick<Output, 'paint' | 'columns'>,
  rollout: Rollout,
): string[] {
  const { outcome, reason, endedAt, startedAt, candidate } = rollout
  const took = endedAt === undefined ? '' : ` after ${shownDuration(endedAt - startedAt)}`
  const traffic =
    outcome === 'promoted'
      ? `${candidate} is live now and has all traffic`
      : `${candidate} has ${shownPercent(rollout.achieved)} of the traffic, as before the rollout`
  const head = `${rollout.rollout} ${outcome}`
  const [first = '', ...rest] = wrapped(`${head}${took}: ${reason}`, columns)
  const style = outcome === 'promoted' ? 'green' : 'red'
  return [
    `${paint(['bold', style], first.slice(0, head.length))}${first.slice(head.length)}`,
    ...rest,
    traffic,
  ]
}
