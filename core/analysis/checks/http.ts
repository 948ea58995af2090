import type { CheckOf } from '../../model/definition.ts'
import { resolvePlaceholders } from '../../model/placeholders.ts'
import type { HttpAnswer, HttpRequest } from '../../ports.ts'
import { type Check, type CheckContext, placeOf, verdict } from './check.ts'

/**
 * Does the candidate answer requests as it should?
 *
 * A request without an answer speaks against the candidate only if any was answered in this rollout: until then it may
 * as well be that the function cannot reach the candidate's network, which is an `error`.
 */
export const checkHttp: Check<'http'> = async (ports, definition, context, memory) => {
  const request = requestOf(definition, context)
  const answers: HttpAnswer[] = []
  while (answers.length < definition.samples) answers.push(await ports.http.request(request))

  const faults = answers.flatMap((answer) => faultOf(definition, answer) ?? [])
  const times = answers.flatMap((one) => (one.kind === 'answered' ? one.milliseconds : []))
  const numbers = {
    samples: answers.length,
    failed: faults.length,
    allowed: definition.maxFailures,
    ...(times.length > 0 ? { slowestMs: Math.round(Math.max(...times)) } : {}),
  }
  const reached = memory?.kind === 'answered' || times.length > 0
  const source = `${request.method} ${request.url}`
  const [first] = faults
  const told = `${definition.name}: ${faults.length} of ${answers.length} requests to ${request.url} failed`
  const failed = faults.length > definition.maxFailures
  return {
    verdict: verdict(definition, context, {
      kind: failed ? (reached ? 'fail' : 'error') : 'pass',
      reason: first === undefined ? passed(definition, request, numbers) : `${told}: ${first}`,
      source,
      numbers,
      window: { from: context.now, to: context.now },
    }),
    ...(reached ? { memory: { kind: 'answered' } } : {}),
  }
}

function requestOf(
  { url, method, headers, body, timeout }: CheckOf<'http'>,
  context: CheckContext,
): HttpRequest {
  const { candidate } = context
  return {
    url:
      typeof url === 'string'
        ? resolvePlaceholders(url, placeOf(context, candidate))
        : url[candidate],
    method,
    headers,
    timeoutMs: timeout * 1000,
    ...(body === undefined ? {} : { body }),
  }
}

/** What is wrong with an answer. */
function faultOf({ expect }: CheckOf<'http'>, answer: HttpAnswer): string | undefined {
  if (answer.kind === 'silent') return answer.reason
  if (!expect.status.some((status) => covers(status, answer.status))) {
    return `status ${answer.status}, not ${expect.status.join(' or ')}`
  }
  if (expect.body !== undefined && !answer.body.includes(expect.body)) {
    return `the body does not contain ${JSON.stringify(expect.body)}`
  }
  if (expect.latency !== undefined && answer.milliseconds > expect.latency * 1000) {
    return `${Math.round(answer.milliseconds)} ms, longer than ${expect.latency * 1000} ms`
  }
  return undefined
}

function covers(expected: number | string, status: number): boolean {
  if (typeof expected === 'number') return expected === status
  const [from, to] = expected.split('-').map(Number)
  return status >= (from ?? 0) && status <= (to ?? 0)
}

function passed(
  definition: CheckOf<'http'>,
  request: HttpRequest,
  { samples, slowestMs }: { readonly samples: number; readonly slowestMs?: number },
): string {
  return `${definition.name}: ${request.url} answered ${samples} of ${samples} requests as expected, in ${slowestMs} ms at most`
}
