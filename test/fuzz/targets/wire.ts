import type { LocalAws } from '../../../local/aws.ts'
import type { WireRequest } from '../../../local/wire/service.ts'
import type { Dice } from '../dice.ts'
import { anyText } from '../grammar.ts'
import { mutated, mutatedText, wordsOf } from '../mutate.ts'
import { createQuietAws, recordedRequests } from '../recorded-requests.ts'
import type { Target } from '../target.ts'

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'PATCH', 'BREW'] as const
const read = new TextDecoder()
const written = new TextEncoder()

/** Whatever comes over the wire is answered as AWS answers: by a status that fits, and never by a fault of local AWS. */
export async function wireTarget(): Promise<Target> {
  const requests = await recordedRequests()
  const bodies = requests.map(({ body }) => read.decode(body))
  const words = wordsOf([
    ...bodies.map((body) => parsedOr(body, Object.fromEntries(new URLSearchParams(body)))),
    ...requests.map(({ path, query }) => [path, query]),
  ])
  const faults: {
    readonly service: string
    readonly operation: string
    readonly error: unknown
  }[] = []
  const furnished = async (): Promise<LocalAws> => {
    const aws = createQuietAws((fault) => faults.push(fault))
    for (const request of requests) await aws.endpoint.handle(request)
    return aws
  }
  let aws = await furnished()
  return {
    name: 'wire',
    async feed(dice) {
      faults.length = 0
      const request = changed(dice, dice.pick(requests), words)
      const { status } = await aws.endpoint.handle(request)
      const [fault] = faults
      if (fault) {
        const text = `local ${fault.service}:${fault.operation} broke of ${told(request)}`
        throw new Error(text, { cause: fault.error })
      }
      if (!Number.isInteger(status) || status < 200 || status > 599) {
        throw new Error(`the status of an answer is ${status}: ${told(request)}`)
      }
    },
    async renew() {
      await aws.close()
      aws = await furnished()
    },
    close: () => aws.close(),
  }
}

function changed(dice: Dice, request: WireRequest, words: readonly string[]): WireRequest {
  const kind = dice.below(10)
  if (kind === 0) return { ...request, method: dice.pick(METHODS) }
  if (kind === 1) return { ...request, path: mutatedText(dice, request.path, words) }
  if (kind === 2) {
    const query = mutated(dice, request.query, words)
    const fields = Object.entries(query ?? {}).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : (JSON.stringify(value) ?? ''),
    ])
    return { ...request, query: Object.fromEntries(fields) }
  }
  if (kind === 3) return { ...request, headers: changedHeaders(dice, request.headers, words) }
  if (kind === 4) return { ...request, body: changedBytes(dice, request.body) }
  return { ...request, body: changedBody(dice, read.decode(request.body), words) }
}

/** Node hands over texts and nothing else. */
function changedHeaders(
  dice: Dice,
  headers: WireRequest['headers'],
  words: readonly string[],
): WireRequest['headers'] {
  const names = Object.keys(headers)
  const name = dice.pick(names)
  const { [name]: value = '', ...others } = headers
  if (dice.oneIn(3)) return others
  const instead = dice.oneIn(2) ? mutatedText(dice, value, words) : anyText(dice, words)
  return { ...headers, [name]: instead }
}

function changedBytes(dice: Dice, body: Uint8Array): Uint8Array {
  const bytes = Uint8Array.from(body)
  if (bytes.length === 0) return written.encode('\u0000')
  for (let change = dice.below(4); change >= 0; change--) {
    bytes[dice.below(bytes.length)] = dice.below(256)
  }
  return dice.oneIn(4) ? bytes.subarray(0, dice.below(bytes.length)) : bytes
}

function changedBody(dice: Dice, body: string, words: readonly string[]): Uint8Array {
  const json = parsedOr(body, undefined)
  if (json !== undefined) return written.encode(JSON.stringify(mutated(dice, json, words)) ?? '')
  if (/^Action=/.test(body)) {
    const fields = mutated(dice, Object.fromEntries(new URLSearchParams(body)), words)
    const pairs = Object.entries(fields ?? {}).map(([name, value]): [string, string] => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ])
    return written.encode(new URLSearchParams(pairs).toString())
  }
  return written.encode(mutatedText(dice, mutatedText(dice, body, words), words))
}

function parsedOr<Otherwise>(text: string, otherwise: Otherwise): unknown | Otherwise {
  try {
    return JSON.parse(text)
  } catch {
    return otherwise
  }
}

function told({ method, path, query, headers, body }: WireRequest): string {
  const target = headers['x-amz-target'] ?? ''
  return `${method} ${path} ${JSON.stringify(query)} ${target} ${read.decode(body).slice(0, 2_000)}`
}
