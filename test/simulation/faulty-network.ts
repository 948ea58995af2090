import { HttpResponse } from '@smithy/core/protocols'
import type { InProcessHandler } from '../../local/wire/request-handler.ts'
import { AwsError } from '../../local/wire/service.ts'
import { operationOf } from '../fixtures/interrupted-handler.ts'
import { type Caller, callers, nameOf, never } from './callers.ts'
import { sleep } from './clock.ts'
import type { Dice } from './dice.ts'
import type { Journal } from './journal.ts'
import type { CallFaultKind, Fault, Outage, Scenario } from './scenario.ts'

type Request = Parameters<InProcessHandler['handle']>[0]
type Answer = Awaited<ReturnType<InProcessHandler['handle']>>
type CallFault = Extract<Fault, { readonly at: 'call' }>

/** Within this many milliseconds a late request arrives: sockets are closed long before. */
const LATEST = 3_000
/** What the functions' clients wait for an answer. */
const CLIENT_TIMEOUT = 2_000
/** How far a read behind the truth may lag. */
const STALE_WITHIN = 15_000

/** Reads that AWS answers from a copy: an index, and describing what changes by itself. */
const LAGGING = ['Query', 'DescribeServices', 'ListTasks', 'DescribeTasks', 'DescribeTargetHealth']

export interface FaultyNetwork extends InProcessHandler {
  /** From here on, faults strike. */
  begin(): void
  outage(service: Outage, seconds: number): void
  /** When the last outage ends, milliseconds since the epoch. */
  quietAt(): number
}

/** The network between functions and AWS, with what a scenario does to it. */
export function faultyNetwork(
  inner: InProcessHandler,
  scenario: Pick<Scenario, 'faults' | 'latency'>,
  dice: Dice,
  journal: Journal,
): FaultyNetwork {
  const faults = scenario.faults.filter((fault): fault is CallFault => fault.at === 'call')
  const calls = new Map<string, number>()
  const answered = new Map<string, { readonly at: number; readonly answer: Answer }>()
  const outages: { readonly service: Outage; readonly until: number }[] = []
  let active = false

  const counted = (key: string): number => {
    const count = (calls.get(key) ?? 0) + 1
    calls.set(key, count)
    return count
  }
  const strike = ({ fn }: Caller, operation: string): CallFaultKind | undefined => {
    const ofAll = counted(fn)
    const ofThese = counted(`${fn} ${operation}`)
    return faults.find((fault) => {
      if (fault.fn !== fn) return false
      if (fault.operation !== undefined && fault.operation !== operation) return false
      const count = fault.operation === undefined ? ofAll : ofThese
      return count >= fault.nth && count < fault.nth + fault.times
    })?.kind
  }
  const away = (operation: string): boolean =>
    outages.some(({ service, until }) => Date.now() < until && concerns(service, operation))

  const pass = async (request: Request, key: string): Promise<Answer> => {
    const answer = await inner.handle(request)
    if (LAGGING.some((operation) => key.startsWith(operation))) {
      answered.set(key, { at: Date.now(), answer })
    }
    return answer
  }
  const late = (request: Request): void => {
    const delay = dice.int(1, LATEST)
    setTimeout(() => {
      inner.handle(request).catch((error: unknown) => journal.note(`  late: ${error}`))
    }, delay)
  }

  const handle = async (request: Request): Promise<Answer> => {
    const caller = callers.getStore()
    if (!caller || !active) return inner.handle(request)
    if (caller.dead) return never()
    const operation = operationOf(request)
    const kind = strike(caller, operation)
    await sleep(caller.slowness + (kind === 'slow' ? 1_500 : dice.int(0, scenario.latency)))
    if (caller.dead) return never()
    const who = `${nameOf(caller)} ${operation}`
    if (away(operation)) {
      journal.note(`  ${who}: away`)
      journal.reached('before', `${caller.fn} ${operation}`)
      throw reset()
    }
    const key = `${operation} ${keyOf(request)}`
    journal.note(`  ${who}${kind ? `: ${kind}` : ''}`)
    journal.reached('call', `${caller.fn} ${operation}`)
    if (kind) {
      journal.reached('fault', kind)
      journal.reached(momentOf(kind), `${caller.fn} ${operation}`)
    }
    switch (kind) {
      case 'reset':
        throw reset()
      case 'answer-lost':
        await pass(request, key)
        throw reset()
      case 'late':
        late(request)
        await sleep(CLIENT_TIMEOUT)
        throw timedOut()
      case 'throttled':
      case 'server-error':
      case 'conflict':
        return refused(request, operation, caller, kind)
      case 'stale': {
        const before = answered.get(key)
        if (before && Date.now() - before.at < STALE_WITHIN) return copied(before.answer)
        return pass(request, key)
      }
      case 'killed-before':
        caller.die()
        return never()
      case 'killed-after':
        await pass(request, key)
        caller.die()
        return never()
      case 'hung':
        caller.dead = true
        return never()
      default:
        return pass(request, key)
    }
  }

  const refused = async (
    request: Request,
    operation: string,
    caller: Caller,
    kind: 'throttled' | 'server-error' | 'conflict',
  ): Promise<Answer> => {
    const error = errorOf(kind, operation, caller)
    if (request.headers['x-amz-target']?.startsWith('DynamoDB_')) return dynamoDbError(error)
    caller.refusal = error
    return inner.handle(request)
  }

  return {
    ...inner,
    handle,
    begin() {
      active = true
    },
    outage: (service, seconds) =>
      void outages.push({ service, until: Date.now() + seconds * 1_000 }),
    quietAt: () => Math.max(0, ...outages.map(({ until }) => until)),
  }
}

/** Before the request took effect, or after. */
function momentOf(kind: CallFaultKind): 'before' | 'after' | 'around' {
  if (kind === 'answer-lost' || kind === 'killed-after' || kind === 'late') return 'after'
  return kind === 'slow' || kind === 'stale' ? 'around' : 'before'
}

function concerns(service: Outage, operation: string): boolean {
  const of: Readonly<Record<Exclude<Outage, 'all'>, readonly string[]>> = {
    dynamodb: ['GetItem', 'UpdateItem', 'Query', 'DeleteItem'],
    router: [
      ...['ModifyRule', 'ModifyListener', 'DescribeRules', 'DescribeListeners'],
      ...['ChangeResourceRecordSets', 'ListResourceRecordSets', 'GetChange'],
    ],
    lambda: ['Invoke'],
    sqs: ['SendMessage'],
    sts: ['AssumeRole'],
    states: ['StartExecution', 'SendTaskSuccess', 'DescribeExecution'],
  }
  return service === 'all' || of[service].includes(operation)
}

function errorOf(kind: string, operation: string, { fn }: Caller): AwsError {
  if (kind === 'server-error') return new AwsError('ServiceUnavailable', 'simulated', 503)
  if (kind === 'conflict' && operation === 'ChangeResourceRecordSets') {
    return new AwsError('PriorRequestNotComplete', 'simulated')
  }
  // What creates the state believes that a conflict means it is there: nobody else makes such a conflict.
  if (kind === 'conflict' && operation === 'UpdateItem' && fn !== 'retrigger') {
    return new AwsError('ConditionalCheckFailedException', 'The conditional request failed')
  }
  const code = operation === 'Invoke' ? 'TooManyRequestsException' : 'ThrottlingException'
  return new AwsError(code, 'simulated', operation === 'Invoke' ? 429 : 400)
}

const dynamoDbError = ({ code, message, status }: AwsError): Answer => ({
  response: new HttpResponse({
    statusCode: status,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: new TextEncoder().encode(
      JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${code}`, message }),
    ),
  }),
})

const copied = ({ response }: Answer): Answer => ({
  response: new HttpResponse({
    statusCode: response.statusCode,
    headers: { ...response.headers },
    body: response.body,
  }),
})

const keyOf = ({ body, path }: Request): string =>
  `${path} ${body instanceof Uint8Array ? new TextDecoder().decode(body) : String(body ?? '')}`

const reset = (): Error => Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })

const timedOut = (): Error =>
  Object.assign(new Error('simulated: no answer in time'), { name: 'TimeoutError' })
