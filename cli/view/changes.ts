import type { DefinitionChange } from '../../core/model/definition-changes.ts'
import type { Output } from '../output.ts'
import { cut } from './text.ts'

/** One line a difference, as a diff marks them. */
export function changeLines(
  { paint, columns }: Pick<Output, 'paint' | 'columns'>,
  changes: readonly DefinitionChange[],
): string[] {
  return changes.map((change) => {
    const room = Math.max(40, columns - change.path.length - 8)
    if (change.kind === 'added') {
      return paint('green', `  + ${change.path}: ${cut(json(change.after), room)}`)
    }
    if (change.kind === 'removed') {
      return paint('red', `  - ${change.path}: ${cut(json(change.before), room)}`)
    }
    const each = Math.max(20, Math.floor(room / 2) - 4)
    const [before, after] = [cut(json(change.before), each), cut(json(change.after), each)]
    return paint('yellow', `  ~ ${change.path}: ${before} → ${after}`)
  })
}

function json(value: unknown): string {
  return JSON.stringify(value) ?? 'nothing'
}
