import { SluiceError } from '../errors.ts'
import { canaryStatements } from '../model/canary-grants.ts'
import { type CanaryState, candidateOf } from '../model/canary-state.ts'
import { type Definition, readDefinition } from '../model/definition.ts'
import { formatDuration } from '../model/duration.ts'
import type { Line } from '../model/line.ts'
import { shareOf } from '../model/routing.ts'
import { SLOTS, type Slot, serviceKey } from '../model/slot.ts'
import type { Installation, PartView, Permissions, Stacks, Stickiness } from '../operator-ports.ts'
import type { Ports, Reach, Reaching, ServiceView } from '../ports.ts'
import { isOrphaned } from './manage-definition.ts'
import { routingOf } from './pointed-at.ts'

/** `broken`: rollouts cannot begin, or not end as they should. `warning`: they can, and somebody should know. */
export type FindingLevel = 'ok' | 'warning' | 'broken'

export interface Finding {
  readonly level: FindingLevel
  /** What was looked at. */
  readonly about: string
  readonly what: string
  /** What to do about it; empty where nothing is to be done. */
  readonly mend: string
}

export type ExaminePorts = Pick<Ports, 'store' | 'definitions'> & {
  readonly stacks: Stacks
  readonly permissions: Permissions
  readonly stickiness: Stickiness
} & Reaching<'services' | 'autoscaling' | 'targetGroups' | 'alarms' | 'routerOf'>

const ok = (about: string, what: string): Finding => ({ level: 'ok', about, what, mend: '' })
const warning = (about: string, what: string, mend: string): Finding => ({
  level: 'warning',
  about,
  what,
  mend,
})
const broken = (about: string, what: string, mend: string): Finding => ({
  level: 'broken',
  about,
  what,
  mend,
})

/** Whether the controller's own parts are there and on. */
export async function examineController({
  installation,
  store,
}: Pick<Ports, 'store'> & { readonly installation: Installation }): Promise<Finding[]> {
  const [parts, line] = await Promise.all([installation.parts(), store.readLine()])
  const wrong = parts.filter(({ state }) => state !== 'ready')
  const told = (part: PartView) =>
    broken(`${part.part} ${part.name}`, part.told, 'deploy the controller’s stack again')
  const standing = [ok('controller', `its ${parts.length} parts are there and on`)]
  return [...(wrong.length > 0 ? wrong.map(told) : standing), lineFinding(line)]
}

/** Meant, and so not broken: but no rollout gets on, and somebody may have forgotten it. */
function lineFinding(line: Line | undefined): Finding {
  if (!line?.stopped) return ok('line', 'it is not stopped')
  const who = line.who === undefined ? '' : ` by ${line.who}`
  const why = line.reason === undefined ? '' : `: ${line.reason}`
  return warning(
    'line',
    `it is stopped${who}${why}; no rollout takes a step up`,
    'let it run again with "sluice stop-the-line --release" once that is over',
  )
}

/** Whether a canary's next rollout could begin, move its traffic, and give it back. */
export async function examineCanary(ports: ExaminePorts, canary: string): Promise<Finding[]> {
  const [written, state] = await Promise.all([
    ports.definitions.read(canary),
    ports.store.readState(canary),
  ])
  if (!written) {
    return [broken('definition', 'there is none', 'write one with "sluice apply" or its stack')]
  }
  const reading = readDefinition(written.definition)
  if (reading.kind === 'broken') {
    return reading.issues.map(({ text }) =>
      broken('definition', text, 'correct it; until then no rollout begins'),
    )
  }
  const { definition } = reading
  const reach = ports.reachOf(definition)
  const findings = await Promise.all([
    guarded('definition', () => definitionFindings(ports, canary, definition, state)),
    guarded('services', () => serviceFindings(reach, definition, state?.live ?? definition.live)),
    guarded('targets', () => targetFindings(reach, definition)),
    guarded('router', () => routerFindings(ports, reach, definition, state)),
    guarded('alarms', () => alarmFindings(reach, definition)),
    guarded('permissions', () => permissionFindings(ports, definition)),
  ])
  return findings.flat()
}

/** What cannot be looked at is a finding, and not the end of the others. */
async function guarded(about: string, look: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await look()
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const [what = why, ...mends] = why.split('; ')
    return error instanceof SluiceError && !error.retryable
      ? [broken(about, what, mends.join('; '))]
      : [warning(about, `could not be looked at: ${why}`, 'see that you may, and try again')]
  }
}

async function definitionFindings(
  ports: ExaminePorts,
  canary: string,
  definition: Definition,
  state: CanaryState | undefined,
): Promise<Finding[]> {
  const orphaned = await isOrphaned(ports, canary)
  const findings: Finding[] = []
  if (orphaned !== undefined) {
    findings.push(
      warning(
        'definition',
        `the stack that owns it is gone (${orphaned})`,
        'take it over with "sluice apply FILE --take-over", or remove it with "sluice delete --take-over"',
      ),
    )
  }
  if (definition.canary !== canary) {
    findings.push(
      broken(
        'definition',
        `it is of ${definition.canary}, and stands under ${canary}`,
        'make both the same',
      ),
    )
  }
  if (state === undefined) {
    findings.push(
      warning('state', 'there is none yet', 'it comes a moment after the definition; look again'),
    )
  } else if (SLOTS.some((slot) => state.services[slot] !== serviceKey(definition.slots[slot]))) {
    findings.push(
      warning(
        'state',
        'it names other services than the definition',
        'write the definition again; the stream brings the state in step',
      ),
    )
  }
  return findings.length > 0 ? findings : [ok('definition', 'it is sound, and its owner is there')]
}

async function serviceFindings(
  { services, autoscaling }: Pick<Reach, 'services' | 'autoscaling'>,
  definition: Definition,
  live: Slot,
): Promise<Finding[]> {
  const views = await Promise.all(
    SLOTS.map(async (slot) => [slot, await services.describe(definition.slots[slot])] as const),
  )
  const liveView = views.find(([slot]) => slot === live)?.[1]
  const found = await Promise.all(
    views.map(async ([slot, view]) => {
      const about = `slots.${slot}.service (${serviceKey(definition.slots[slot])})`
      if (!view) return [broken(about, 'ECS has no such service', 'create it or correct the name')]
      const bounds = await autoscaling.bounds(definition.slots[slot])
      const wanted = liveView?.desiredCount ?? 0
      const tooLow =
        slot !== live && bounds !== undefined && definition.capacity.policy !== 'off'
          ? bounds.maximum < wanted
          : false
      return [
        ...countFindings(about, slot, live, view),
        ...(tooLow
          ? [
              warning(
                about,
                `autoscaling lets it have ${bounds?.maximum} tasks, and the live slot wants ${wanted}`,
                'raise the maximum to at least what the live slot may have',
              ),
            ]
          : []),
      ]
    }),
  )
  return found.flat()
}

function countFindings(about: string, slot: Slot, live: Slot, view: ServiceView): Finding[] {
  const { desiredCount, runningCount } = view
  if (slot === live && desiredCount === 0) {
    return [broken(about, 'the live slot wants no tasks', 'set its desired count to at least 1')]
  }
  if (slot === live && runningCount < desiredCount) {
    return [
      warning(
        about,
        `${runningCount} of ${desiredCount} tasks of the live slot run`,
        'look at the service’s events',
      ),
    ]
  }
  if (view.primary.rolloutState === 'FAILED') {
    return [
      warning(
        about,
        `ECS gave up on its deployment after ${view.primary.failedTasks} failed tasks`,
        'look at why its tasks stopped, and deploy another revision',
      ),
    ]
  }
  return [ok(about, `${runningCount} of ${desiredCount} tasks run`)]
}

async function targetFindings(
  { targetGroups }: Pick<Reach, 'targetGroups'>,
  { slots }: Definition,
): Promise<Finding[]> {
  const found = await Promise.all(
    SLOTS.map(async (slot) => {
      const { targetGroup } = slots[slot]
      if (targetGroup === undefined) return []
      const targets = await targetGroups.health(targetGroup)
      const healthy = targets.filter(({ state }) => state === 'healthy').length
      return [
        ok(`slots.${slot}.targetGroup`, `${healthy} of ${targets.length} targets are healthy`),
      ]
    }),
  )
  return found.flat()
}

/** Clients that hold an answer longer make each shift, and each fail back, that much slower. */
const LONG_TTL = 60

async function routerFindings(
  { stickiness }: Pick<ExaminePorts, 'stickiness'>,
  reach: Pick<Reach, 'routerOf'>,
  definition: Definition,
  state: CanaryState | undefined,
): Promise<Finding[]> {
  const { weights, place, ttl } = await routingOf(reach, definition)
  const about = `router (${place})`
  const findings: Finding[] = []
  if (state && state.activeRollout === undefined) {
    const candidate = candidateOf(state)
    const share = shareOf(weights, candidate)
    if (share > 0) {
      findings.push(
        broken(
          about,
          `no rollout is active, and ${candidate} has ${share} % of the traffic`,
          `give ${state.live} all of it; until then no rollout begins`,
        ),
      )
    }
  }
  if (ttl > LONG_TTL) {
    findings.push(
      warning(
        about,
        `clients hold answers for ${formatDuration(ttl)}`,
        `lower the time to live to at most ${LONG_TTL}s: each shift and each fail back waits for it`,
      ),
    )
  }
  const sticky = await stickiness.of(definition.router)
  if (sticky !== undefined) {
    findings.push(
      warning(
        about,
        `it is sticky: clients stay with their slot for ${formatDuration(sticky)}, whatever the weights say`,
        'turn the stickiness of the forward action off, or make it shorter than a bake',
      ),
    )
  }
  return findings.length > 0
    ? findings
    : [ok(about, `blue has ${weights.blue} and green ${weights.green}`)]
}

async function alarmFindings(
  { alarms }: Pick<Reach, 'alarms'>,
  { checks }: Definition,
): Promise<Finding[]> {
  const found = await Promise.all(
    checks.map(async (check) => {
      if (check.type !== 'alarms') return []
      const views = await alarms.describe(check.alarms)
      return check.alarms.map((name): Finding => {
        const about = `check ${check.name}, alarm ${name}`
        const view = views.find((one) => one.name === name)
        if (!view) {
          return broken(about, 'CloudWatch has no such alarm', 'create it or correct the name')
        }
        if (view.state !== 'ALARM') return ok(about, `it is ${view.state}`)
        return check.alreadyFiring === 'refuse' && check.effect !== 'advisory'
          ? broken(about, 'it fires, and no rollout begins meanwhile', 'mend what it is about')
          : warning(about, 'it fires already, and says nothing new', 'mend what it is about')
      })
    }),
  )
  return found.flat()
}

async function permissionFindings(
  { permissions }: Pick<ExaminePorts, 'permissions'>,
  definition: Definition,
): Promise<Finding[]> {
  const { role } = definition
  if (role === undefined) {
    return [
      warning(
        'role',
        'the definition names none, and on AWS the controller reaches nothing without',
        'make a role as the Canary construct does, and name it as "role"',
      ),
    ]
  }
  const about = `role (${role})`
  const place = placeOf(definition, role)
  if (!place) return [ok(about, 'it was not held against the definition, which names no region')]
  const answer = await permissions.missing(role, canaryStatements({ ...place, definition }))
  if (answer.kind !== 'asked') {
    return answer.kind === 'no-role'
      ? [broken(about, answer.reason, 'create it or correct "role"')]
      : [
          warning(
            about,
            `nobody could be asked: ${answer.reason}`,
            'allow iam:SimulatePrincipalPolicy',
          ),
        ]
  }
  if (answer.missing.length === 0) return [ok(about, 'it allows all that a rollout needs')]
  return answer.missing.map(({ action, resource, functionName }) =>
    broken(
      about,
      `${functionName} may not ${action} on ${resource}`,
      'allow it in a policy of the role',
    ),
  )
}

/** Partition and account are the role's; the region is the target groups', or the router's. */
function placeOf({ slots, router }: Definition, role: string) {
  const [, partition = '', , , account = ''] = role.split(':')
  const regional = [
    slots.blue.targetGroup,
    slots.green.targetGroup,
    router.type === 'alb' ? (router.rule ?? router.listener) : undefined,
  ].find((arn) => arn !== undefined)
  const region = regional?.split(':')[3]
  return region === undefined ? undefined : { partition, account, region }
}
