import type { Http, HttpAnswer, HttpRequest } from '../core/ports.ts'

/** As much of a body as is read: a probe looks for a word, not for a download. */
const MOST_BYTES = 64 * 1024

/** Requests by the runtime's own `fetch`. Each has a connection's whole life to itself as far as its timeout goes. */
export function createFetchHttp(send: typeof fetch): Http {
  return {
    async request(request) {
      const began = performance.now()
      const abort = new AbortController()
      const timer = setTimeout(() => abort.abort(), request.timeoutMs)
      try {
        return await asked(send, request, abort.signal, () => performance.now() - began)
      } catch (error) {
        const reason = abort.signal.aborted
          ? `no answer within ${request.timeoutMs / 1000} s`
          : `no answer: ${causeOf(error)}`
        return { kind: 'silent', reason, milliseconds: performance.now() - began }
      } finally {
        clearTimeout(timer)
      }
    },
  }
}

async function asked(
  send: typeof fetch,
  { url, method, headers, body }: HttpRequest,
  signal: AbortSignal,
  elapsed: () => number,
): Promise<HttpAnswer> {
  const sent = new Headers({ 'user-agent': 'sluice' })
  for (const [name, value] of Object.entries(headers)) sent.set(name, value)
  const response = await send(url, {
    method,
    headers: sent,
    // An answer that leads elsewhere is an answer: whether it is a good one, the check says.
    redirect: 'manual',
    signal,
    ...(body === undefined ? {} : { body }),
  })
  const text = await beginningOf(response)
  return { kind: 'answered', status: response.status, body: text, milliseconds: elapsed() }
}

async function beginningOf({ body }: Response): Promise<string> {
  if (!body) return ''
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    bytes += value.byteLength
    const rest = value.subarray(0, value.byteLength - Math.max(0, bytes - MOST_BYTES))
    text += decoder.decode(rest, { stream: true })
    if (bytes < MOST_BYTES) continue
    await reader.cancel()
    return text
  }
}

/** fetch itself says only "fetch failed"; why is in its cause, and of several addresses in the first of the causes. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error instanceof AggregateError && error.errors.length > 0) return causeOf(error.errors[0])
  return error.cause === undefined ? error.message : causeOf(error.cause)
}
