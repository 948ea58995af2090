import { DefinitionError, RoleError, RolloutActiveError, TransientError } from '../errors.ts'
import { type Definition, definitionSchema, parseDefinition } from '../model/definition.ts'
import { sameValue } from '../model/same-value.ts'
import { SLOTS } from '../model/slot.ts'
import type { Ports, Reach, Reaching, WrittenDefinition } from '../ports.ts'
import { alarmsOf, routingOf, serviceOf } from './pointed-at.ts'

export type DefineRequest =
  | {
      readonly kind: 'write'
      readonly definition: unknown
      /** For whom; a person's has no owner. */
      readonly owner?: string | undefined
      /** Another owner, which is gone: its definition may be replaced. */
      readonly over?: string | undefined
      /** What the writer looked at: anything else that stands there by now is not overwritten. */
      readonly upon?: { readonly seen: unknown } | undefined
      /** Everything but the write. */
      readonly dryRun?: boolean | undefined
      /** The canary that this owner's definition was of so far; another name than now is a rename. */
      readonly before?: string
    }
  | {
      readonly kind: 'remove'
      readonly canary: string
      readonly owner?: string | undefined
      readonly over?: string | undefined
      /** Everything but the removal. */
      readonly dryRun?: boolean | undefined
    }

export interface DefineResult {
  /**
   * `unchanged`: nothing was written, nor looked at. `absent`, `foreign`: there was nothing of the owner's to remove.
   * `allowed`: a dry run found nothing against it.
   */
  readonly kind: 'written' | 'unchanged' | 'removed' | 'absent' | 'foreign' | 'allowed'
  readonly canary: string
  readonly reason: string
}

type DefinePorts = Pick<Ports, 'definitions' | 'store'> &
  Reaching<'services' | 'targetGroups' | 'alarms' | 'routerOf'>

/**
 * Writes or removes a canary's definition for its owner, and never touches the canary's state: the table's stream
 * tells `retrigger`. What is refused leaves the table as it was.
 * @throws {DefinitionError | RouterError} for what is broken, points at nothing or belongs to somebody else.
 * @throws {RolloutActiveError} for what would take away what an active rollout moves traffic with.
 */
export async function define(ports: DefinePorts, request: DefineRequest): Promise<DefineResult> {
  return request.kind === 'write' ? write(ports, request) : remove(ports, request)
}

async function write(
  ports: DefinePorts,
  request: Extract<DefineRequest, { kind: 'write' }>,
): Promise<DefineResult> {
  const { definition: written, owner, over, before, upon, dryRun = false } = request
  const definition = parseDefinition(written)
  const { canary } = definition
  const seen = await ports.definitions.read(canary)
  const owners = over === undefined ? [owner] : [owner, over]
  refuseForeign(canary, seen, owners)
  if (upon && !sameValue(seen?.definition, upon.seen)) throw writtenMeanwhile(canary)
  // A stack that rolls back writes what stands already: whatever became of the world, that must succeed.
  if (seen && seen.owner === owner && sameValue(seen.definition, written)) {
    return { kind: 'unchanged', canary, reason: 'the definition stands already' }
  }
  if (before !== undefined && before !== canary) {
    await refuseActive(ports, before, `keep the name "${before}" until then`)
  }
  const moves =
    seen !== undefined &&
    !samePlaces(seen.definition, definition) &&
    !(await replacesLostRole(ports, seen.definition, definition))
  if (moves) await refuseActive(ports, canary, MOVE)
  await checkPlaces(ports.reachOf(definition), definition)
  // And last of all before the write: a rollout that is claimed after this has not read what is then taken back.
  if (moves) await refuseActive(ports, canary, MOVE)

  if (dryRun) return { kind: 'allowed', canary, reason: 'nothing speaks against the definition' }
  await ports.definitions.amend(canary, (present) => {
    refuseForeign(canary, present, owners)
    if (!sameValue(present, seen)) throw writtenMeanwhile(canary)
    return owner === undefined ? { definition: written } : { definition: written, owner }
  })
  if (moves) await refuseActive(ports, canary, MOVE, () => restore(ports, canary, seen, owners))
  return {
    kind: 'written',
    canary,
    reason: seen ? 'the definition is changed' : 'the canary is defined',
  }
}

function writtenMeanwhile(canary: string): TransientError {
  return new TransientError(`somebody else wrote the definition of ${canary} just now; try again`)
}

const MOVE = 'change "slots", "router" and "role" after that; everything else may change now'

async function remove(
  ports: DefinePorts,
  { canary, owner, over, dryRun = false }: Extract<DefineRequest, { kind: 'remove' }>,
): Promise<DefineResult> {
  const owners = over === undefined ? [owner] : [owner, over]
  const seen = await ports.definitions.read(canary)
  if (seen && !owners.includes(seen.owner)) {
    const whose = seen.owner === undefined ? 'is nobody’s' : `belongs to ${seen.owner}`
    return { kind: 'foreign', canary, reason: `the definition ${whose}, and stays` }
  }
  // Without a definition too: what the rollout needs is about to go with the owner.
  await refuseActive(ports, canary, 'then delete again')
  if (!seen) return { kind: 'absent', canary, reason: 'there was no definition' }
  if (dryRun) return { kind: 'allowed', canary, reason: 'nothing speaks against the removal' }
  await ports.definitions.amend(canary, (present) =>
    present && owners.includes(present.owner) ? undefined : present,
  )
  await refuseActive(ports, canary, 'then delete again', () => restore(ports, canary, seen, owners))
  return { kind: 'removed', canary, reason: 'the definition is removed; state and history stay' }
}

/** Nobody's definition is anybody's to replace; an owner's is its own. */
function refuseForeign(
  canary: string,
  seen: WrittenDefinition | undefined,
  owners: readonly (string | undefined)[],
): void {
  if (seen?.owner === undefined || owners.includes(seen.owner)) return
  throw new DefinitionError(
    `canary (${JSON.stringify(canary)}): its definition belongs to ${seen.owner}; use another name, or delete it there first`,
  )
}

/** A rollout was claimed between the look and the write: what stood before stands again, and the owner is told. */
async function restore(
  ports: DefinePorts,
  canary: string,
  seen: WrittenDefinition,
  owners: readonly (string | undefined)[],
): Promise<void> {
  await ports.definitions.amend(canary, (present) =>
    present === undefined || owners.includes(present.owner) ? seen : present,
  )
}

/** @throws {RolloutActiveError} after `first`, while a rollout is active. */
async function refuseActive(
  ports: Pick<Ports, 'store'>,
  canary: string,
  then: string,
  first?: () => Promise<void>,
): Promise<void> {
  const state = await ports.store.readState(canary)
  if (state?.activeRollout === undefined) return
  await first?.()
  throw new RolloutActiveError(
    `rollout ${state.activeRollout} of canary "${canary}" is active; wait for its end, or stop its execution and it fails back; ${then}`,
  )
}

/** Whether both move the same traffic as the same role. What does not parse moves none. */
function samePlaces(before: unknown, { slots, router, role }: Definition): boolean {
  const { data } = definitionSchema.safeParse(before)
  if (!data) return false
  return sameValue(
    { slots: data.slots, router: data.router, role: data.role },
    { slots, router, role },
  )
}

/**
 * Whether nothing but the role is another, and the one before is no good any more: then a rollout that is active can
 * only fail back, and only as the new one.
 */
async function replacesLostRole(
  ports: DefinePorts,
  before: unknown,
  definition: Definition,
): Promise<boolean> {
  const { data } = definitionSchema.safeParse(before)
  const { slots, router } = definition
  if (!data || !sameValue({ slots: data.slots, router: data.router }, { slots, router }))
    return false
  try {
    await ports.reachOf(data).services.describe(slots.blue)
    return false
  } catch (error) {
    if (error instanceof RoleError) return true
    throw error
  }
}

/** That everything which the definition points at is there, in the words of `Prepare`. */
async function checkPlaces(
  reach: Pick<Reach, 'services' | 'targetGroups' | 'alarms' | 'routerOf'>,
  definition: Definition,
): Promise<void> {
  for (const slot of SLOTS) {
    await serviceOf(reach, definition, slot)
    const { targetGroup } = definition.slots[slot]
    if (targetGroup !== undefined) await reach.targetGroups.health(targetGroup)
  }
  await alarmsOf(reach, definition)
  await routingOf(reach, definition)
}
