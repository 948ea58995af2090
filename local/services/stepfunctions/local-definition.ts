import type { StateMachineDefinition } from 'aws-local-stepfunctions'
import { AwsError } from '../../wire/service.ts'

/** What a definition's task state asks of its handler. */
export interface TaskState {
  readonly name: string
  readonly waitsForToken: boolean
}

export interface LocalDefinition {
  /** For the engine: what it cannot do, or does otherwise than AWS, is put in other words. */
  readonly definition: StateMachineDefinition
  readonly tasks: readonly TaskState[]
  readonly timeoutSeconds: number | undefined
}

/** What the engine hands to the handler of a task, instead of the bare parameters. */
export interface TaskInput {
  readonly parameters: unknown
  readonly timeout: number
}

type State = Readonly<Record<string, unknown>>

/** A timer takes 31 bits of milliseconds; a longer wait would end at once. */
export const LONGEST_WAIT_SECONDS = 2_147_483

const INVOKE = 'arn:aws:states:::lambda:invoke'
const STATE_TYPES = ['Task', 'Pass', 'Wait', 'Choice', 'Succeed', 'Fail']
const REFUSED_MEMBERS = [
  'HeartbeatSeconds',
  'HeartbeatSecondsPath',
  'Credentials',
  'Assign',
  'Arguments',
]

/** @throws {AwsError} InvalidDefinition for what local AWS cannot run as AWS would. */
export function localDefinition(source: State): LocalDefinition {
  if (source.QueryLanguage && source.QueryLanguage !== 'JSONPath') {
    refuse('', `QueryLanguage ${source.QueryLanguage}; it has JSONPath`)
  }
  const states = Object.entries(source.States as Readonly<Record<string, State>>)
  const tasks = states.filter(([, state]) => state.Type === 'Task')
  // The engine counts this one in 31 bits too, so it is kept outside.
  const { TimeoutSeconds: timeoutSeconds, ...rest } = source
  const definition = {
    ...rest,
    States: Object.fromEntries(states.map(([name, state]) => [name, localState(name, state)])),
  }
  return {
    definition: definition as unknown as StateMachineDefinition,
    tasks: tasks.map(([name, { Resource: resource }]) => ({
      name,
      waitsForToken: resource === `${INVOKE}.waitForTaskToken`,
    })),
    timeoutSeconds: timeoutSeconds as number | undefined,
  }
}

function localState(name: string, state: State): State {
  if (!STATE_TYPES.includes(String(state.Type))) {
    refuse(name, `states of Type ${state.Type}; it has ${STATE_TYPES.join(', ')}`)
  }
  const member = REFUSED_MEMBERS.find((one) => state[one] !== undefined)
  if (member) refuse(name, member)
  if (state.QueryLanguage === 'JSONata') refuse(name, 'QueryLanguage JSONata')
  if (/"[^"]*\.\$":"\$\$\.(State|Map)\b/.test(JSON.stringify(state))) {
    refuse(name, '$$.State and $$.Map in the context object')
  }
  if (Number(state.Seconds) > LONGEST_WAIT_SECONDS) {
    refuse(name, `a wait of more than ${LONGEST_WAIT_SECONDS} seconds`)
  }
  const local = withoutRootPaths(state)
  if (state.Type === 'Choice') return { ...local, Choices: (local.Choices as State[]).map(choice) }
  return state.Type === 'Task' ? localTask(name, local) : local
}

/**
 * The engine resolves TimeoutSecondsPath against what the parameters made of the input, AWS against the input
 * itself. So the parameters carry the timeout along, and it is read from there.
 */
function localTask(name: string, state: State): State {
  const { Resource: resource, Parameters: parameters, TimeoutSecondsPath: path, ...rest } = state
  if (resource !== INVOKE && resource !== `${INVOKE}.waitForTaskToken`) {
    refuse(name, `the Resource ${resource}; it has ${INVOKE} and ${INVOKE}.waitForTaskToken`)
  }
  if (path !== undefined && state.InputPath !== undefined) {
    refuse(name, 'TimeoutSecondsPath together with InputPath')
  }
  const longest = Math.min(
    Number(state.TimeoutSeconds ?? LONGEST_WAIT_SECONDS),
    LONGEST_WAIT_SECONDS,
  )
  const { TimeoutSeconds: _, ...untimed } = rest
  return {
    ...untimed,
    Resource: resource,
    Parameters: {
      ...(parameters === undefined ? { 'parameters.$': '$' } : { parameters }),
      ...(path === undefined ? { timeout: longest } : { 'timeout.$': path }),
    },
    TimeoutSecondsPath: '$.timeout',
    ...(state.Retry ? { Retry: (state.Retry as State[]).map(retrier) } : {}),
  }
}

/** Without a bound of its own a growing delay would pass what a timer takes and become none. */
const retrier = (given: State): State => ({
  ...given,
  MaxDelaySeconds: Math.min(
    Number(given.MaxDelaySeconds ?? LONGEST_WAIT_SECONDS),
    LONGEST_WAIT_SECONDS,
  ),
})

/** The engine takes `$` as a path for the name of a member; leaving it out means the same on AWS. */
function withoutRootPaths(state: State): State {
  const { ResultPath: path, Catch: catchers, ...rest } = state
  return {
    ...rest,
    ...(path === undefined || path === '$' ? {} : { ResultPath: path }),
    ...(catchers ? { Catch: (catchers as State[]).map(withoutRootPaths) } : {}),
  }
}

/** The engine takes `"IsPresent": false` for a rule that never holds; put the negation around it. */
function choice(rule: State): State {
  const { Next: next, And: all, Or: any, Not: not, ...test } = rule
  const nested = {
    ...(all ? { And: (all as State[]).map(choice) } : {}),
    ...(any ? { Or: (any as State[]).map(choice) } : {}),
    ...(not ? { Not: choice(not as State) } : {}),
  }
  const negated = Object.entries(test).find(([name, value]) => /^Is[A-Z]/.test(name) && !value)
  const local = negated ? { Not: { ...test, [negated[0]]: true } } : { ...test, ...nested }
  return next === undefined ? local : { ...local, Next: next }
}

function refuse(state: string, what: string): never {
  const place = state === '' ? '' : ` (state ${state})`
  throw new AwsError(
    'InvalidDefinition',
    `Invalid State Machine Definition: local AWS does not have ${what}${place}`,
  )
}
