import type { Command } from '../command.ts'
import { apply } from './apply.ts'
import { remove } from './delete.ts'
import { deploy } from './deploy.ts'
import { schema } from './schema.ts'
import { status } from './status.ts'
import { watch } from './watch.ts'

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [status, watch, deploy, apply, remove, schema]
