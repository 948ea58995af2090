import { type CanaryState, rolloutId } from '../core/model/canary-state.ts'
import type { Command, Example, Input, OptionSpec } from './command.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { findState } from './lookup.ts'
import type { Output } from './output.ts'
import { type OperatorSignal, type SignalAnswer, sendSignal } from './send-signal.ts'

export interface SignalCommand {
  readonly name: string
  readonly describe: string
  readonly details: string
  readonly options?: readonly OptionSpec[]
  readonly examples: readonly Example[]
  readonly kind: (input: Input) => OperatorSignal
}

/** `abort web`, `pause web`, …: one signal to the active rollout of a canary. They differ in what is asked. */
export function signalCommand({ kind: kindOf, options = [], ...spec }: SignalCommand): Command {
  return {
    ...spec,
    arguments: [{ name: 'canary', describe: 'the canary’s name', kind: 'canary' }],
    options: [...options, { flags: '--reason <text>', describe: 'why; stands on the timeline' }],
    async run(container, input, output) {
      const canary = input.argument('canary')
      const kind = kindOf(input)
      const state = await findState(container, canary)
      const answer: SignalAnswer =
        state.activeRollout === undefined
          ? { kind: 'refused', reason: noneActive(state) }
          : await sendSignal(container, {
              canary,
              kind,
              why: input.option('reason'),
              rollout: state.activeRollout,
            })
      return tellAnswer(output, canary, kind, answer)
    },
  }
}

function noneActive({ canary, attempt, lastRollout, lastOutcome }: CanaryState): string {
  const last =
    lastRollout === undefined
      ? attempt === 0
        ? '; it had none yet'
        : `; the last was ${rolloutId(canary, attempt)}`
      : `; ${lastRollout} ended ${lastOutcome}`
  return `no rollout of ${canary} is active${last}`
}

function tellAnswer(
  output: Output,
  canary: string,
  signal: OperatorSignal,
  { kind, rollout, reason }: SignalAnswer,
): ExitCode {
  const done = kind !== 'refused'
  output.result({ canary, signal, kind, rollout: rollout ?? null, reason }, () => [
    done ? reason : `refused: ${reason}`,
    ...(done
      ? [output.paint('dim', `sluice watch ${rollout ?? canary} shows what comes of it`)]
      : []),
  ])
  return done ? EXIT.done : EXIT.refused
}
