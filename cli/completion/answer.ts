import { rolloutId } from '../../core/model/canary-state.ts'
import type { Command } from '../command.ts'
import type { Container } from '../container.ts'
import type { Sink } from '../surroundings.ts'
import { complete } from './complete.ts'
import { candidateLine } from './scripts.ts'

/** Rollouts of a canary that are worth a name. */
const LATEST = 5

/**
 * Answers a shell's script. Whatever goes wrong completes nothing: in the middle of a line is no place to be told.
 * @param asked the shell, then the words up to the cursor.
 */
export async function answerShell(
  commands: readonly Command[],
  [shell = '', ...words]: readonly string[],
  container: Pick<Container, 'lists'>,
  stdout: Sink,
): Promise<void> {
  const found = await complete(commands, words, async (kind) => {
    try {
      const states = await (await container.lists()).states()
      if (kind === 'canary') return states.map(({ canary }) => canary)
      return states.flatMap(({ canary, attempt }) =>
        Array.from({ length: Math.min(LATEST, attempt) }, (_, index) =>
          rolloutId(canary, attempt - index),
        ),
      )
    } catch {
      return []
    }
  })
  stdout.write(found.map((candidate) => `${candidateLine(shell, candidate)}\n`).join(''))
}
