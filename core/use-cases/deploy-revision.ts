import {
  CandidateError,
  DefinitionError,
  InputError,
  RolloutActiveError,
  UnknownCanaryError,
} from '../errors.ts'
import { type CanaryState, candidateOf } from '../model/canary-state.ts'
import { type Definition, parseDefinition } from '../model/definition.ts'
import { placeholderIssue, resolvePlaceholders } from '../model/placeholders.ts'
import { revisionName, type Slot, serviceKey } from '../model/slot.ts'
import type { Revisions, RevisionView } from '../operator-ports.ts'
import type { Ports, Reaching, ServiceView } from '../ports.ts'
import { serviceOf } from './pointed-at.ts'

export interface DeployRequest {
  readonly canary: string
  readonly what:
    | {
        readonly kind: 'image'
        readonly image: string
        /** The container that gets it; needs no telling where there is one, or where one has that image's repository. */
        readonly container?: string | undefined
        /** Variables of its environment, whose values may have the placeholders of the idle slot. */
        readonly variables?: Readonly<Record<string, string>>
      }
    /** A revision that is registered already: its ARN, or `family:number`. */
    | { readonly kind: 'revision'; readonly revision: string }
  /** Tasks that the candidate begins with; as many as it is meant to run, and at least one, unless told. */
  readonly tasks?: number | undefined
}

export interface DeployResult {
  /**
   * `deployed`: ECS starts the candidate's tasks, and that starts a rollout. `under-way`: a rollout of this very
   * revision is active. `triggered-before`: it had its rollout, and another one only starts by a re-trigger.
   */
  readonly kind: 'deployed' | 'under-way' | 'triggered-before'
  readonly canary: string
  /** The idle slot that it was deployed to. */
  readonly slot: Slot
  readonly service: string
  readonly revision: string
  /** Whether the revision was registered for this. */
  readonly registered: boolean
  readonly tasks: number
  /** Rollouts up to this attempt are of what came before; of one that is under way, the attempt before it. */
  readonly after: number
  readonly lastRollout?: string
  readonly lastOutcome?: 'promoted' | 'failed-back'
  readonly reason: string
}

type DeployPorts = Pick<Ports, 'store'> & {
  readonly revisions: Revisions
} & Reaching<'services'>

/**
 * Deploys to the slot that is idle now: what runs live with another image, or a revision that is there already.
 * ECS's event of its running tasks starts the rollout, as after any other deployment.
 * @throws {UnknownCanaryError}
 * @throws {DefinitionError | InputError} for what names nothing that is there.
 * @throws {RolloutActiveError} where the definition rejects a revision while a rollout is active.
 */
export async function deployRevision(
  ports: DeployPorts,
  request: DeployRequest,
): Promise<DeployResult> {
  const { canary, what } = request
  const { state, definition } = await readCanary(ports, canary)
  const slot = candidateOf(state)
  const reach = ports.reachOf(definition)
  const idle = await serviceOf(reach, definition, slot)
  refuseWhereRejected(state, definition)
  const { revision, registered } =
    what.kind === 'revision'
      ? { revision: await activeRevision(ports, what.revision), registered: false }
      : await imageRevision(ports, what, {
          definition,
          slot,
          idle,
          live: await serviceOf(reach, definition, state.live),
        })

  const there = revision === idle.primary.revision
  const before = {
    canary,
    slot,
    service: serviceKey(definition.slots[slot]),
    revision,
    registered,
    after: state.attempt,
    ...(state.lastRollout === undefined ? {} : { lastRollout: state.lastRollout }),
    ...(state.lastOutcome === undefined ? {} : { lastOutcome: state.lastOutcome }),
  }
  const name = revisionName(revision)
  if (there && state.revision === revision && state.activeRollout !== undefined) {
    const reason = `rollout ${state.activeRollout} of ${name} is under way already`
    return {
      ...before,
      kind: 'under-way',
      after: state.attempt - 1,
      tasks: idle.desiredCount,
      reason,
    }
  }
  if (there && state.triggered && state.revision === revision) {
    const last =
      state.lastRollout === undefined ? '' : ` (last: ${state.lastRollout}, ${state.lastOutcome})`
    return {
      ...before,
      kind: 'triggered-before',
      tasks: idle.desiredCount,
      reason: `${slot} runs ${name} already, and it counts as rolled out${last}; start another rollout of it with "sluice retrigger ${canary}"`,
    }
  }
  const { scaledDown } = state
  // A slot that was scaled down has as many again as it had.
  const had =
    scaledDown?.slot === slot && idle.desiredCount <= scaledDown.to
      ? scaledDown.desiredCount
      : idle.desiredCount
  const tasks = Math.max(1, request.tasks ?? had)
  // Tasks that run already tell nobody any more that they do.
  const again = there && idle.runningCount > 0
  await ports.revisions.deploy(definition.slots[slot], { revision, desiredCount: tasks, again })
  return { ...before, kind: 'deployed', tasks, reason: deployedReason(state, definition, name) }
}

async function readCanary(
  { store }: Pick<Ports, 'store'>,
  canary: string,
): Promise<{ readonly state: CanaryState; readonly definition: Definition }> {
  const [state, written] = await Promise.all([
    store.readState(canary),
    store.readDefinition(canary),
  ])
  if (state === undefined && written === undefined) {
    throw new UnknownCanaryError(`there is no canary ${canary}; define it first`)
  }
  if (written === undefined) {
    throw new DefinitionError(`canary ${canary} has no definition any more; write one first`)
  }
  if (state === undefined) {
    throw new UnknownCanaryError(
      `canary ${canary} has no state yet; it gets one a moment after its definition: try again`,
    )
  }
  return { state, definition: parseDefinition(written) }
}

function refuseWhereRejected(state: CanaryState, { onNewRevision }: Definition): void {
  if (state.activeRollout === undefined || onNewRevision !== 'reject') return
  throw new RolloutActiveError(
    `rollout ${state.activeRollout} of canary "${state.canary}" is active, and its definition rejects newer revisions (onNewRevision); wait for its end, or abort it`,
  )
}

function deployedReason(state: CanaryState, { onNewRevision }: Definition, name: string): string {
  if (state.activeRollout === undefined)
    return `${name} is deployed; its first task starts a rollout`
  return onNewRevision === 'supersede'
    ? `${name} supersedes rollout ${state.activeRollout}, which fails back; then its own begins`
    : `${name} waits until rollout ${state.activeRollout} has ended; then its own begins`
}

async function activeRevision(
  { revisions }: { readonly revisions: Revisions },
  asked: string,
): Promise<string> {
  const found = await revisions.describe(asked)
  if (!found) throw new InputError(`ECS has no task definition ${asked}; correct it`)
  if (!found.active) {
    throw new InputError(`the task definition ${asked} is deregistered; register another one`)
  }
  return found.revision
}

async function imageRevision(
  { revisions }: { readonly revisions: Revisions },
  what: Extract<DeployRequest['what'], { kind: 'image' }>,
  place: {
    readonly definition: Definition
    readonly slot: Slot
    readonly idle: ServiceView
    readonly live: ServiceView
  },
): Promise<{ readonly revision: string; readonly registered: boolean }> {
  const { definition, slot, idle, live } = place
  const source = await revisions.describe(live.primary.revision)
  if (!source) {
    throw new CandidateError(
      `the live service runs ${revisionName(live.primary.revision)}, which ECS does not have any more; deploy by --task-definition`,
    )
  }
  const container = containerOf(source, what)
  const variables = Object.entries(what.variables ?? {}).map(([name, value]) => {
    const issue = placeholderIssue(value, { ...definition.slots[slot], slot })
    if (issue) throw new InputError(`${name}=${value}: ${issue}`)
    return [name, resolvePlaceholders(value, { ...definition.slots[slot], slot })] as const
  })
  const changes = {
    family: familyOf(idle.primary.revision),
    container,
    image: what.image,
    variables: Object.fromEntries(variables),
  }
  const made = await revisions.register(source.revision, changes, idle.primary.revision)
  return { revision: made.revision, registered: made.kind === 'registered' }
}

/** Whose image is replaced. @throws {InputError} where nobody can tell. */
function containerOf(
  { containers, revision }: RevisionView,
  { container, image }: Extract<DeployRequest['what'], { kind: 'image' }>,
): string {
  const names = containers.map(({ name }) => name).join(', ')
  const place = `${revisionName(revision)}, which has ${names}`
  if (container !== undefined) {
    if (containers.some(({ name }) => name === container)) return container
    throw new InputError(`there is no container ${container} in ${place}; correct --container`)
  }
  const alike = containers.filter((one) => repositoryOf(one.image) === repositoryOf(image))
  const [only, ...others] = containers.length === 1 ? containers : alike
  if (only && others.length === 0) return only.name
  throw new InputError(`which container gets ${image}? Give one of ${place}, as --container NAME`)
}

/** An image without its tag or digest. */
function repositoryOf(image: string): string {
  return image.replace(/@[^@]*$/, '').replace(/:[^:/]*$/, '')
}

function familyOf(revision: string): string {
  return revisionName(revision).replace(/:\d+$/, '')
}
