import { UnknownCanaryError } from '../../core/errors.ts'
import { revisionName } from '../../core/model/slot.ts'
import type { DeployRequest, DeployResult } from '../../core/use-cases/deploy-revision.ts'
import { callersReach, revisionsOf } from '../aws-ports.ts'
import type { Command, Input } from '../command.ts'
import type { Container } from '../container.ts'
import { RefusedError, UsageError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { awaitState } from '../follow/follow.ts'
import { follow } from '../follow/index.ts'
import { runningTasks, tellStarting } from '../follow/starting.ts'
import { createFollowView } from '../follow/view.ts'
import { unknownCanary } from '../lookup.ts'
import type { Output } from '../output.ts'
import { wrapped } from '../view/text.ts'

/** As long as images take to be pulled and tasks to start, and some more. */
const PATIENCE = '15m'

export const deploy: Command = {
  name: 'deploy',
  describe: 'deploy to the idle slot, and follow the rollout',
  details:
    'With --image it registers what runs live with that image, as a revision of the idle slot’s family; with\n--task-definition it takes a revision that is there. It points the idle service at it, with at least one task, and follows\nthe rollout that its tasks start. Ends with 0 if that was promoted, 1 if it failed back or was refused. Ctrl-C ends the\nfollowing and not the rollout.',
  arguments: [{ name: 'canary', describe: 'the canary’s name', kind: 'canary' }],
  options: [
    { flags: '--image <uri>', describe: 'the new image of what runs live' },
    {
      flags: '--container <name>',
      describe: 'whose image it is, where several containers could be meant',
    },
    {
      flags: '--env <NAME=VALUE>',
      describe: 'a variable of that container; values may say $'.concat('{slot}'),
      repeated: true,
    },
    {
      flags: '--task-definition <arn>',
      describe: 'a revision that is registered: an ARN, or family:number',
    },
    {
      flags: '--tasks <count>',
      describe: 'how many it begins with; as many as before unless told',
    },
    {
      flags: '--patience <duration>',
      describe: 'how long to wait until the rollout begins',
      default: PATIENCE,
    },
    { flags: '--detach', describe: 'do not follow the rollout' },
  ],
  examples: [
    { what: 'What a pipeline calls', type: 'sluice deploy web --image registry/shop:1.4.2' },
    {
      what: 'Of several containers, with a variable',
      type: 'sluice deploy web --image registry/shop:1.4.2 --container app --env VERSION=1.4.2',
    },
    { what: 'A revision that is there', type: 'sluice deploy web --task-definition shop:42' },
  ],
  async run(container, input, output) {
    const request = await requestOf(input)
    const patience = await patienceOf(input)
    const { deployRevision } = await import('../../core/use-cases/deploy-revision.ts')
    const [store, revisions, reachOf] = await Promise.all([
      container.store(),
      revisionsOf(container),
      callersReach(container),
    ])
    const { canary } = request
    const ports = { store, revisions, reachOf }
    const deployed = await deployRevision(ports, request).catch(async (error) => {
      const unknown = error instanceof UnknownCanaryError && /there is no/.test(error.message)
      throw unknown ? await unknownCanary(container, canary) : error
    })
    output.jsonLine({ deployed: deployedShape(deployed) })
    if (deployed.kind === 'triggered-before') throw new RefusedError(deployed.reason)
    output.print(...deployedLines(output, deployed))
    if (input.flag('detach')) return EXIT.done
    return followItsRollout(container, output, deployed, patience)
  },
}

async function requestOf(input: Input): Promise<DeployRequest> {
  const [image, revision] = [input.option('image'), input.option('task-definition')]
  const container = input.option('container')
  const variables = Object.fromEntries(input.list('env').map(variableOf))
  const tasks = input.count('tasks')
  const more = { canary: input.argument('canary'), tasks }
  if (image !== undefined && revision === undefined) {
    return { ...more, what: { kind: 'image', image, container, variables } }
  }
  if (revision !== undefined && image === undefined) {
    if (container !== undefined || Object.keys(variables).length > 0) {
      throw new UsageError('--container and --env go with --image; a revision is taken as it is')
    }
    return { ...more, what: { kind: 'revision', revision } }
  }
  throw new UsageError('give either --image or --task-definition')
}

function variableOf(text: string): readonly [string, string] {
  const match = /^([^=\s]+)=(.*)$/s.exec(text)
  if (match?.[1]) return [match[1], match[2] ?? '']
  throw new UsageError(`--env is "${text}"; use NAME=VALUE`)
}

async function patienceOf(input: Input): Promise<number> {
  const { parseDuration } = await import('../../core/model/duration.ts')
  const text = input.option('patience') ?? PATIENCE
  const seconds = parseDuration(text)
  if (seconds) return seconds
  throw new UsageError(`--patience is "${text}"; write it as 30s, 5m or 1h30m`)
}

function deployedShape({ reason, lastRollout, lastOutcome, ...rest }: DeployResult) {
  return { ...rest, lastRollout: lastRollout ?? null, lastOutcome: lastOutcome ?? null, reason }
}

function deployedLines({ columns }: Pick<Output, 'columns'>, deployed: DeployResult): string[] {
  const { slot, service, revision, registered, tasks, kind, reason } = deployed
  const name = revisionName(revision)
  const place = `${slot} (${service})`
  if (kind === 'under-way') return wrapped(reason, columns)
  const what = `${registered ? `registered ${name}; ` : ''}${place} gets ${name}, ${tasks} ${tasks === 1 ? 'task' : 'tasks'}`
  return [...wrapped(what, columns), ...wrapped(reason, columns)]
}

/** The rollout of this very revision: another one that was deployed meanwhile has one of its own. */
async function followItsRollout(
  container: Container,
  output: Output,
  deployed: DeployResult,
  patience: number,
): Promise<ExitCode> {
  const { canary } = deployed
  const interruption = container.surroundings.interruption()
  const view = await createFollowView(output, container.surroundings)
  const until = container.clock.now() + patience * 1_000
  const told = tellStarting(deployed, container.clock, () => candidateService(container, deployed))
  let looked = deployed.after
  try {
    for (;;) {
      const after = looked
      const state = await awaitState(
        container,
        canary,
        ({ attempt }) => attempt > after,
        view,
        told,
        interruption,
        until,
      )
      if (interruption.aborted) {
        // First of all: it clears the lines above the cursor.
        view.close()
        return leftWaiting(output, deployed)
      }
      if (!state) throw await neverBegan(container, deployed, patience)
      const attempt = await attemptOf(container, deployed, looked + 1, state.attempt)
      if (attempt !== undefined) {
        view.close()
        return await follow(container, output, { canary, attempt })
      }
      looked = state.attempt
    }
  } finally {
    view.close()
  }
}

async function attemptOf(
  container: Container,
  { canary, revision }: DeployResult,
  from: number,
  to: number,
): Promise<number | undefined> {
  const store = await container.store()
  for (let attempt = from; attempt <= to; attempt++) {
    const rollout = await store.readRollout(canary, attempt)
    // Claimed a moment ago, a rollout has no record yet; the state says what it is of.
    const of = rollout?.revision ?? (await store.readState(canary))?.revision
    if (of === revision) return attempt
  }
  return undefined
}

function leftWaiting(output: Output, { canary, revision }: DeployResult): ExitCode {
  output.note(
    '',
    `${revisionName(revision)} is deployed, and its rollout begins without this command.`,
    `  to see it:   sluice watch ${canary}`,
    `  to stop it:  sluice abort ${canary} --reason "…", once it has begun`,
  )
  return EXIT.interrupted
}

/** ECS knows more of why than that nothing came. */
async function neverBegan(
  container: Container,
  deployed: DeployResult,
  patience: number,
): Promise<RefusedError> {
  const { canary, slot, service, revision } = deployed
  const view = await candidateService(container, deployed)
  const tasks = view ? runningTasks(view) : 'the service is gone'
  return new RefusedError(
    `no rollout of ${revisionName(revision)} began within ${patience} s (${slot}, ${service}: ${tasks}); look at the service's events and its tasks' stop reasons, and at "sluice doctor ${canary}"`,
  )
}

async function candidateService(container: Container, { canary, service }: DeployResult) {
  const reachOf = await callersReach(container)
  const [cluster = '', name = ''] = service.split('/')
  return reachOf({ canary }).services.describe({ cluster, service: name })
}
