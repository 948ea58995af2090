import { DefinitionError, UnknownCanaryError } from '../errors.ts'
import { parseDefinition } from '../model/definition.ts'
import { type DefinitionChange, definitionChanges } from '../model/definition-changes.ts'
import { parseOwner, stackName } from '../model/owner.ts'
import { sameValue } from '../model/same-value.ts'
import type { Stacks } from '../operator-ports.ts'
import type { Definitions, Ports, Reaching, WrittenDefinition } from '../ports.ts'
import { type DefineResult, define } from './define.ts'

type Needs = Pick<Ports, 'definitions' | 'store'> & {
  readonly stacks: Stacks
} & Reaching<'services' | 'targetGroups' | 'alarms' | 'routerOf'>

export interface ApplyRequest {
  /** As it is written, and not parsed. */
  readonly definition: unknown
  /** Take the definition over from a stack that is gone. */
  readonly takeOver?: boolean
}

/** What a write would do to the definition that stands. */
export interface Proposal {
  readonly canary: string
  readonly kind: 'new' | 'changed' | 'unchanged'
  readonly changes: readonly DefinitionChange[]
  /** The stack that it would be taken over from. */
  readonly takenFrom?: string
  /** What stands now: `applyDefinition` writes upon nothing else. */
  readonly seen: unknown
}

/**
 * What a person's definition would change; everything that speaks against it is looked for, and nothing is written.
 * @throws what `define` throws.
 */
export async function proposeDefinition(ports: Needs, request: ApplyRequest): Promise<Proposal> {
  const { definition, takeOver = false } = request
  const { canary } = parseDefinition(definition)
  const standing = await ports.definitions.read(canary)
  const over = await ownerToReplace(ports, canary, standing, takeOver)
  await define(ports, { kind: 'write', definition, over, dryRun: true })
  const seen = standing?.definition
  const taken = over === undefined ? {} : { takenFrom: nameOf(over) }
  if (standing === undefined) {
    return { canary, kind: 'new', changes: definitionChanges({}, definition), seen }
  }
  const changes = definitionChanges(seen, definition)
  const unchanged = over === undefined && sameValue(seen, definition)
  return { canary, kind: unchanged ? 'unchanged' : 'changed', changes, seen, ...taken }
}

/**
 * Writes a person's definition, which no stack owns.
 * @param proposal what the person has seen of it: where something else stands by now, nothing is written.
 * @throws what `define` throws.
 */
export async function applyDefinition(
  ports: Needs,
  { definition, takeOver = false }: ApplyRequest,
  proposal: Pick<Proposal, 'canary' | 'seen'>,
): Promise<DefineResult> {
  const standing = await ports.definitions.read(proposal.canary)
  const over = await ownerToReplace(ports, proposal.canary, standing, takeOver)
  return define(ports, { kind: 'write', definition, over, upon: { seen: proposal.seen } })
}

export interface DeleteRequest {
  readonly canary: string
  readonly takeOver?: boolean
  readonly dryRun?: boolean
}

/**
 * Removes a definition that no stack owns. State and history stay, and its services' events start nothing any more.
 * @throws {UnknownCanaryError} where there is none; {DefinitionError} where a stack owns it; and what `define` throws.
 */
export async function deleteDefinition(
  ports: Needs,
  { canary, takeOver = false, dryRun = false }: DeleteRequest,
): Promise<DefineResult> {
  const standing = await ports.definitions.read(canary)
  if (!standing) throw new UnknownCanaryError(`canary ${canary} has no definition to delete`)
  const over = await ownerToReplace(ports, canary, standing, takeOver)
  const result = await define(ports, { kind: 'remove', canary, over, dryRun })
  if (result.kind !== 'foreign') return result
  throw new DefinitionError(`canary (${JSON.stringify(canary)}): ${result.reason}`)
}

/**
 * The owner whose definition may be replaced, if there is one: a stack that is gone, and only where that was asked for.
 * @throws {DefinitionError} for any other owner.
 */
async function ownerToReplace(
  { stacks }: { readonly stacks: Stacks },
  canary: string,
  standing: WrittenDefinition | undefined,
  takeOver: boolean,
): Promise<string | undefined> {
  const owner = standing?.owner
  if (owner === undefined) return undefined
  const told = `canary (${JSON.stringify(canary)}): its definition belongs to`
  const parsed = parseOwner(owner)
  if (!parsed) {
    throw new DefinitionError(
      `${told} ${JSON.stringify(owner)}, which is no resource of a stack; remove the attribute Owner from the record`,
    )
  }
  const stack = `${parsed.logicalId} of the stack ${stackName(parsed.stack)}`
  if (!takeOver) {
    throw new DefinitionError(
      `${told} ${stack}; change it there, or give --take-over if that stack is gone`,
    )
  }
  if ((await stacks.describe(parsed.stack)) === 'standing') {
    throw new DefinitionError(
      `${told} ${stack}, which is still there (${parsed.stack}); change or remove it there`,
    )
  }
  return owner
}

function nameOf(owner: string): string {
  return stackName(parseOwner(owner)?.stack ?? owner)
}

/** A definition whose stack is gone: nobody changes it any more, unless a person takes it over. */
export async function isOrphaned(
  { definitions, stacks }: { readonly definitions: Definitions; readonly stacks: Stacks },
  canary: string,
): Promise<string | undefined> {
  const standing = await definitions.read(canary)
  const owner = standing?.owner === undefined ? undefined : parseOwner(standing.owner)
  if (!owner || (await stacks.describe(owner.stack)) === 'standing') return undefined
  return owner.stack
}
