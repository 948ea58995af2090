import type { FunctionName } from '../../../infra/function-names.ts'
import type {
  FunctionCall,
  FunctionInvocation,
} from '../../fixtures/in-process/function-processes.ts'
import { functionNamed } from '../../fixtures/in-process/functions.ts'
import { play, SCENES, type Scene, type Stage } from './scenes.ts'

/**
 * Where a function can be cut off: before its first call of AWS, or after one and before the next. Two places are the
 * same if the function has changed the same until there and asked the same last: whatever else it has read is only in
 * its memory, which dies with it.
 */
export type Place = string

/** A place, and a scene that has it. */
export interface Cut {
  readonly scene: Scene
  readonly fn: FunctionName
  /** The calls until there that changed something. */
  readonly changed: readonly string[]
}

export function placeOf(fn: string, calls: readonly string[]): Place {
  const [last = 'nothing'] = calls.slice(-1)
  return `${functionNamed(fn)}: ${[...calls.filter(changes), '…', last].join(' ')}`
}

/** Whether a call may leave something behind. */
export function changes(operation: string): boolean {
  return !/^(Get|List|Describe|Query|Scan|Assume)/.test(operation)
}

/** Of the controller's functions; what belongs to a team or to CDK is no concern here. */
export const isOurs = ({ fn }: Pick<FunctionInvocation, 'fn'>): boolean =>
  fn.startsWith('sluice-') && !fn.endsWith('-definitions')

/** Plays every scene undisturbed. Gives each place once, in the first scene that has it. */
export async function recordCuts(stage: Stage): Promise<ReadonlyMap<Place, Cut>> {
  const cuts = new Map<Place, Cut>()
  for (const scene of SCENES) {
    await play(stage, scene)
    for (const { fn, calls } of stage.processes.invocations.filter(isOurs)) {
      for (let length = 0; calls.length > 0 && length <= calls.length; length++) {
        const done = calls.slice(0, length)
        const place = placeOf(fn, done)
        const cut = { scene, fn: functionNamed(fn), changed: done.filter(changes) }
        if (!cuts.has(place)) cuts.set(place, cut)
      }
    }
  }
  return cuts
}

/** What an invocation was to do: the same when it is tried again, but for what each delivery has of its own. */
export function workOf({ invocation }: FunctionCall): string {
  const own = ['token', 'receiptHandle', 'attributes', 'messageId']
  const payload = JSON.stringify(invocation.payload, (key, value) =>
    own.includes(key) ? undefined : value,
  )
  return `${invocation.fn} ${payload}`
}
