import type { Output } from '../output.ts'
import type { Sink } from '../surroundings.ts'
import { entryLines } from '../view/entry-line.ts'
import { rolloutBlock } from '../view/rollout-block.ts'
import type { FollowView } from './view.ts'

/** Makes a terminal show all of a frame at once, where it knows how. */
const BEGIN_FRAME = '\x1b[?2026h'
const END_FRAME = '\x1b[?2026l'

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']

/** The rollout in a block at the foot of the terminal, under the timeline, which scrolls by. */
export async function liveView(output: Output, stdout: Sink): Promise<FollowView> {
  const { createLogUpdate } = await import('log-update')
  const { paint } = output
  let frame = ''
  let turns = 0
  let waits = false
  const screen = {
    get columns() {
      return stdout.columns || 80
    },
    get rows() {
      return stdout.rows || 24
    },
    write: (text: string) => {
      frame += text
      return true
    },
  }
  const block = createLogUpdate(screen as NodeJS.WriteStream)
  const shown = { lines: [] as string[], trouble: '' }

  function draw(above: readonly string[] = []) {
    // Cleared and drawn whole, in one write: a part that was drawn anew would leave lines of a longer block.
    block.clear()
    if (above.length > 0) block.persist(above.join('\n'))
    const trouble = shown.trouble === '' ? [] : [paint('yellow', `  ${shown.trouble}`)]
    block(['', ...fitting(shown.lines, screen.rows - 2 - trouble.length), ...trouble].join('\n'))
    flush()
  }

  function flush() {
    stdout.write(`${BEGIN_FRAME}${frame}${END_FRAME}`)
    frame = ''
  }

  return {
    waiting(text) {
      turns += 1
      waits = true
      shown.lines = [`${paint('cyan', SPINNER[turns % SPINNER.length] ?? '')} ${text}`]
      shown.trouble = ''
      draw()
    },
    progress(rollout, happened, now) {
      waits = false
      const size = { paint, columns: screen.columns }
      shown.trouble = ''
      shown.lines = rolloutBlock(size, rollout, now)
      draw(happened.flatMap((entry) => entryLines(size, entry, rollout.canary)))
    },
    trouble(text) {
      shown.trouble = `no answer, trying again: ${text}`
      draw()
    },
    close() {
      if (waits) {
        // What comes next says more than that it was waited for.
        block.clear()
        flush()
      }
      block.done()
    },
  }
}

/** The upper lines of a block say most: a terminal that is too low loses the last ones. */
function fitting(lines: readonly string[], rows: number): readonly string[] {
  return lines.length <= rows ? lines : [...lines.slice(0, Math.max(1, rows - 1)), '  …']
}
