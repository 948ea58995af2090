import { type GateAnswer, gatesBefore, pause } from '../analysis/gates.ts'
import { DefinitionError } from '../errors.ts'
import { type Freeze, freezeSchema } from '../model/freeze.ts'
import type { Ports } from '../ports.ts'
import type { PreparedRollout } from './hold.ts'

/**
 * May the next step happen, by all that people, the calendar and the definition say now? Two reads, and none where the
 * rollout is paused.
 */
export async function askGates(
  ports: Pick<Ports, 'clock' | 'store'>,
  rollout: PreparedRollout,
): Promise<GateAnswer> {
  const { definition } = rollout
  const paused = pause(rollout, definition, ports.clock.now()) !== undefined
  const line = paused ? undefined : await ports.store.readLine()
  const freeze = paused ? [] : await freezeOf(ports, rollout)
  return gatesBefore(rollout, definition, { now: ports.clock.now(), line, freeze })
}

/**
 * Freezes as the table has them: one that was added later holds this rollout too. Of a definition that is gone the
 * rollout's own stand; what cannot be read keeps the gate closed, since somebody meant something by it.
 */
async function freezeOf(
  { store }: Pick<Ports, 'store'>,
  { canary, definition }: PreparedRollout,
): Promise<readonly Freeze[] | { readonly broken: string }> {
  let written: unknown
  try {
    written = await store.readDefinition(canary)
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error
    return { broken: `the freezes of ${canary} cannot be read: ${error.message}` }
  }
  if (written === undefined) return definition.freeze
  if (typeof written !== 'object' || written === null || !('freeze' in written)) return []
  const parsed = freezeSchema.safeParse(written.freeze, { reportInput: true })
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const path = ['freeze', ...(issue?.path ?? [])].join('.')
  return { broken: `the freezes of ${canary} are broken in the table: ${path}: ${issue?.message}` }
}
