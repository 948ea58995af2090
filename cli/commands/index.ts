import type { Command } from '../command.ts'
import { abort } from './abort.ts'
import { apply } from './apply.ts'
import { approve } from './approve.ts'
import { completionOf } from './completion.ts'
import { remove } from './delete.ts'
import { deploy } from './deploy.ts'
import { doctor } from './doctor.ts'
import { get } from './get.ts'
import { history } from './history.ts'
import { init } from './init.ts'
import { list } from './list.ts'
import { pause } from './pause.ts'
import { plan } from './plan.ts'
import { promote } from './promote.ts'
import { reject } from './reject.ts'
import { resume } from './resume.ts'
import { retrigger } from './retrigger.ts'
import { schema } from './schema.ts'
import { show } from './show.ts'
import { status } from './status.ts'
import { stopTheLine } from './stop-the-line.ts'
import { strategies } from './strategies.ts'
import { watch } from './watch.ts'

/** Commands under the heading that help shows them under, in its order. */
export interface CommandGroup {
  readonly title: string
  readonly commands: readonly Command[]
}

export const GROUPS: readonly CommandGroup[] = [
  { title: 'See', commands: [list, status, watch, history, show] },
  {
    title: 'Steer',
    commands: [promote, abort, pause, resume, approve, reject, retrigger, stopTheLine],
  },
  { title: 'Deploy', commands: [plan, deploy] },
  { title: 'Define', commands: [init, apply, get, remove, strategies, schema] },
  { title: 'Set up', commands: [doctor, completionOf(() => COMMANDS)] },
]

export const COMMANDS: readonly Command[] = GROUPS.flatMap(({ commands }) => commands)
