import type { Line } from '../../core/model/line.ts'
import type { Command } from '../command.ts'
import type { Container } from '../container.ts'
import { UsageError } from '../errors.ts'
import { EXIT } from '../exit-codes.ts'
import type { Output } from '../output.ts'
import { time } from '../shapes.ts'
import { shownTime } from '../view/text.ts'

export const stopTheLine: Command = {
  name: 'stop-the-line',
  describe: 'hold every canary’s steps up, or let them go on',
  details:
    'One switch in the table for all canaries of the controller. While the line is stopped no rollout takes another step or is promoted; checks go on, and failing back is never held. It is read before each step up.',
  options: [
    { flags: '--release', describe: 'let the steps go on' },
    { flags: '--show', describe: 'say how it stands, and change nothing' },
    { flags: '--reason <text>', describe: 'why; rollouts that wait show it' },
  ],
  examples: [
    { what: 'Nobody goes further', type: 'sluice stop-the-line --reason "incident 4711"' },
    { what: 'How does it stand?', type: 'sluice stop-the-line --show' },
    { what: 'Go on', type: 'sluice stop-the-line --release' },
  ],
  async run(container, input, output) {
    if (input.flag('show') && (input.flag('release') || input.option('reason') !== undefined)) {
      throw new UsageError('--show changes nothing; give it alone')
    }
    const store = await container.store()
    if (input.flag('show')) return tell(output, (await store.readLine()) ?? { stopped: false })
    const line = await lineOf(container, !input.flag('release'), input.option('reason'))
    await store.writeLine(line)
    return tell(output, line)
  },
}

async function lineOf(
  container: Container,
  stopped: boolean,
  reason: string | undefined,
): Promise<Line> {
  const who = await container.caller()
  const at = container.clock.now()
  return { stopped, who, at, ...(reason === undefined ? {} : { reason }) }
}

function tell(output: Output, { stopped, reason, who, at }: Line) {
  const shape = { stopped, reason: reason ?? null, who: who ?? null, at: time(at) }
  output.result(shape, () => {
    const by = who === undefined ? '' : ` by ${who}`
    const since = at === undefined ? '' : ` since ${shownTime(at)} UTC`
    const why = reason === undefined ? '' : `: ${reason}`
    return stopped
      ? [
          `${output.paint(['bold', 'red'], 'the line is stopped')}${since}${by}${why}`,
          'no step up and no promotion of any canary; sluice stop-the-line --release lets them go on',
        ]
      : [
          `the line goes on; no canary’s steps are held up by it${at === undefined ? '' : `,${since}`}${by}${why}`,
        ]
  })
  return EXIT.done
}
