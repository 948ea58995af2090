import { CandidateError, DefinitionError, HoldLostError, RouterError } from '../errors.ts'
import { alarmNames } from '../model/alarm-names.ts'
import { type ScaledDown, scaledUp } from '../model/canary-state.ts'
import { type Definition, parseDefinition } from '../model/definition.ts'
import { EXECUTION_LIMIT } from '../model/execution-limits.ts'
import { noticeOf } from '../model/notice.ts'
import type { Position, WorkflowTask } from '../model/position.ts'
import { newRollout, type Rollout, withEntry } from '../model/rollout.ts'
import { type SlotWeights, shareOf } from '../model/routing.ts'
import { otherSlot, revisionName, SLOTS, serviceKey } from '../model/slot.ts'
import type { Ports, Reach, Reaching, WorkflowInput } from '../ports.ts'
import { held } from './hold.ts'
import { alarmsOf, routingOf, serviceOf } from './pointed-at.ts'

/**
 * Opens the rollout's record, checks everything that the definition points at, and records the baseline.
 * Nothing has moved yet: whatever is wrong ends the rollout with an error that names it.
 * @throws {DefinitionError | RouterError | CandidateError}
 */
export async function prepare(
  ports: Pick<Ports, 'clock' | 'store' | 'notices'> & Reaching<'services' | 'alarms' | 'routerOf'>,
  task: WorkflowTask<WorkflowInput>,
): Promise<Position> {
  const { canary, attempt, candidate, revision, rollout } = task.input
  const claim: WorkflowInput = { canary, rollout, attempt, candidate, revision }
  const state = await ports.store.readState(canary)
  const opened = await ports.store.amendRollout(canary, attempt, (seen) => {
    // Redriven days later, its record forgotten and other rollouts come since: nothing of it is this execution's.
    if (!seen && state?.activeRollout !== rollout) {
      throw new HoldLostError(
        `rollout ${rollout} has no record and is not active (any more); ${task.execution} stops`,
      )
    }
    return held(seen ?? newRollout(claim, ports.clock.now(), state?.cause), task)
  })
  const definition = await readDefinition(ports, canary)
  const reach = ports.reachOf(definition)
  const taken = state?.scaledDown?.slot === candidate ? state.scaledDown : undefined
  await checkServices(reach, definition, claim, taken)
  const firing = await checkAlarms(reach, definition)
  const baseline = await readBaseline(reach, definition, claim)
  await noteAlarms(ports, definition)

  const prepared = await ports.store.amendRollout(
    canary,
    attempt,
    (seen): Rollout => {
      const record = held(seen, task)
      if (record.baseline) return record
      const now = ports.clock.now()
      const reason = `waiting until ${candidate} is ready`
      return withEntry(
        {
          ...record,
          status: 'waiting',
          definition,
          baseline,
          deadline: now + definition.ready.timeout * 1000,
          ...(taken?.minimum === undefined
            ? {}
            : { scaledDown: { to: taken.to, minimum: taken.minimum } }),
          reason,
        },
        {
          at: now,
          what: 'prepared',
          why: [`baseline blue ${baseline.blue} : green ${baseline.green}`, ...firing].join('; '),
          who: task.execution,
        },
      )
    },
    opened,
  )
  const reason = `waiting until ${revisionName(revision)} is ready in ${candidate}`
  await ports.notices.publish(noticeOf(prepared, 'started', ports.clock.now(), reason))
  return {
    ...claim,
    step: 0,
    weight: 0,
    reason,
    decision: 'ready',
    seconds: definition.interval,
    looks: prepared.looks,
  }
}

async function readDefinition(ports: Pick<Ports, 'store'>, canary: string): Promise<Definition> {
  const written = await ports.store.readDefinition(canary)
  if (written === undefined) {
    throw new DefinitionError(
      `canary ${canary} has no definition in the table; write one and trigger again`,
    )
  }
  const definition = parseDefinition(written)
  if (definition.canary !== canary) {
    throw new DefinitionError(
      `canary (${JSON.stringify(definition.canary)}): the definition stands under "${canary}"; make both the same`,
    )
  }
  return definition
}

async function checkServices(
  reach: Pick<Reach, 'services'>,
  definition: Definition,
  claim: WorkflowInput,
  taken: ScaledDown | undefined,
): Promise<void> {
  for (const slot of SLOTS) {
    const place = definition.slots[slot]
    const service = await serviceOf(reach, definition, slot)
    if (service.desiredCount === 0) {
      const isCandidate = slot === claim.candidate
      const why = isCandidate ? 'nothing could take traffic' : 'there is nothing to fail back to'
      const mend = isCandidate && taken ? scaledUp(taken) : 'set it to at least 1'
      throw new CandidateError(
        `slots.${slot}.service ("${serviceKey(place)}"): its desired count is 0, so ${why}; ${mend}`,
      )
    }
    if (slot !== claim.candidate) continue
    if (service.primary.revision !== claim.revision) {
      throw new CandidateError(
        `slots.${slot}.service ("${serviceKey(place)}") now runs ${revisionName(service.primary.revision)}, not ${revisionName(claim.revision)}; its own RUNNING event starts the next rollout`,
      )
    }
  }
}

/**
 * An alarm that fires already would say nothing new about the candidate. Gives what is ignored of these, for people.
 */
async function checkAlarms(
  reach: Pick<Reach, 'alarms'>,
  definition: Definition,
): Promise<string[]> {
  const ignored: string[] = []
  for (const { path, check, view } of await alarmsOf(reach, definition)) {
    if (view.state !== 'ALARM') continue
    if (check.alreadyFiring === 'ignore' || check.effect === 'advisory') {
      ignored.push(`alarm ${view.name} is in ALARM already (${view.reason})`)
    } else {
      throw new CandidateError(
        `${path}: was in ALARM before the rollout began (${view.reason}); mend its cause, then trigger again, or set alreadyFiring to "ignore"`,
      )
    }
  }
  return ignored
}

/** From here on an alarm's event finds the canary. For as long as a rollout may take, and then the table forgets it. */
async function noteAlarms(
  { store, clock }: Pick<Ports, 'clock' | 'store'>,
  definition: Definition,
): Promise<void> {
  const expiresAt = Math.ceil(clock.now() / 1000) + EXECUTION_LIMIT
  const names = alarmNames(definition)
  await Promise.all(names.map((name) => store.noteAlarm(name, definition.canary, { expiresAt })))
}

async function readBaseline(
  reach: Pick<Reach, 'routerOf'>,
  definition: Definition,
  claim: WorkflowInput,
): Promise<SlotWeights> {
  const { weights, place } = await routingOf(reach, definition)
  const live = otherSlot(claim.candidate)
  if (weights.blue + weights.green === 0) {
    throw new RouterError(
      `${place}: blue and green both have weight 0; give ${live} all the weight`,
    )
  }
  if (weights[claim.candidate] > 0) {
    throw new RouterError(
      `${place}: the candidate ${claim.candidate} has weight ${weights[claim.candidate]} already (${shareOf(weights, claim.candidate)} %); set it to 0, then trigger again`,
    )
  }
  return weights
}
