import { createLocalAws, type LocalAws } from '../aws.ts'
import { type DataPlane, startDataPlane } from '../data-plane/index.ts'
import { createProcessTasks, type ProcessTasks } from '../data-plane/tasks/process-tasks.ts'
import { type Clients, createClients } from './clients.ts'
import { type Dependency, startDependency } from './dependency.ts'
import type { Outputs } from './environment/outputs.ts'
import { createExecutions, type Executions } from './rollout/executions.ts'
import { createRecords, type Records } from './rollout/records.ts'
import type { Scenario } from './scenarios/scenario.ts'
import { UsageError } from './usage-error.ts'

/** Of the load balancers' metrics, in milliseconds: a demonstration cannot wait for minutes. */
const METRICS_PERIOD = 1_000
/** Of aliases, in seconds; the example's canaries of this pace count with it. */
const ALIAS_TTL = 1

/** Local AWS with Sluice deployed in it, and what carries traffic. */
export interface Stage {
  readonly aws: LocalAws
  readonly url: string
  readonly clients: Clients
  readonly dataPlane: DataPlane
  readonly tasks: ProcessTasks
  readonly records: Records
  readonly executions: Executions
  /** What both slots' versions depend on, where the scenario says that they do. */
  readonly dependency: Dependency | undefined
  /** Deploys a stack of the template beside Sluice's own. */
  deploy(stack: string): Promise<{
    readonly outputs: Outputs
    readonly resources: ReadonlyMap<string, unknown>
  }>
  /** The last lines that functions wrote: what to look at when something went wrong. */
  readonly log: readonly string[]
  close(): Promise<void>
}

const LOG_LINES = 200
const CONTROLLER_STACK = 'SluiceController'

/**
 * The port is taken first, so that one in use is told before anything else is done.
 * @param template gives the folder that is deployed.
 */
export async function openStage(options: {
  readonly template: () => Promise<string>
  readonly port: number
  readonly seed: number
  readonly scenario: Pick<Scenario, 'application' | 'dependency'>
}): Promise<Stage> {
  const { port, seed, scenario } = options
  const log: string[] = []
  const dependency = scenario.dependency ? await startDependency(seed) : undefined
  const tasks = createProcessTasks({
    surroundings: {
      SEED: String(seed),
      ...(dependency && { DEPENDENCY: dependency.url }),
      ...scenario.application,
    },
  })
  const aws = createLocalAws({
    tasks,
    route53: { aliasTtlSeconds: ALIAS_TTL },
    events: { duplicate: true, reorder: true, seed },
    lambdaLog(line) {
      log.push(line)
      if (log.length > LOG_LINES) log.shift()
    },
  })
  const { url } = await listen(aws, port)
  const { folder, table, stateMachine } = await closingOnFailure(aws, async () =>
    deployController(aws, await options.template()),
  )
  const dataPlane = await startDataPlane({
    elbv2: aws.elbv2,
    route53: aws.route53,
    record: aws.cloudwatch.record,
    period: METRICS_PERIOD,
    seed,
  })
  const clients = createClients(url)
  return {
    aws,
    url,
    clients,
    dataPlane,
    tasks,
    dependency,
    log,
    deploy: (stack) => aws.deploy(folder, { stack }),
    records: createRecords(clients, table.name),
    executions: createExecutions(clients, stateMachine.arn),
    async close() {
      clients.close()
      await dataPlane.close()
      await aws.close()
      await dependency?.close()
    },
  }
}

async function listen(aws: LocalAws, port: number) {
  try {
    return await closingOnFailure(aws, () => aws.listen({ port }))
  } catch (error) {
    throw error instanceof Error && error.message.startsWith('port ')
      ? new UsageError(error.message)
      : error
  }
}

async function deployController(aws: LocalAws, folder: string) {
  const deployed = await aws.deploy(folder, { stack: CONTROLLER_STACK })
  const [table] = deployed.tables
  const [stateMachine] = deployed.stateMachines
  if (!table || !stateMachine) {
    throw new Error(`${folder} names no table or no state machine: nothing to demonstrate`)
  }
  return { folder, table, stateMachine }
}

/** Local AWS has timers and processes: left open it would keep this process up. */
async function closingOnFailure<Result>(aws: LocalAws, act: () => Promise<Result>) {
  try {
    return await act()
  } catch (error) {
    await aws.close()
    throw error
  }
}
