import { randomUUID } from 'node:crypto'
import { RESPONSE_HOST_PREFIX } from '../../wire/response-host.ts'
import type { RawService, WireResponse } from '../../wire/service.ts'

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html */
export interface CustomResourceResponse {
  readonly Status: 'SUCCESS' | 'FAILED'
  readonly Reason?: string
  readonly PhysicalResourceId?: string
  readonly Data?: Readonly<Record<string, unknown>>
}

export interface Responses {
  /** Takes what is PUT to the URLs that were given out. */
  readonly service: RawService
  /** A URL for one answer, and the answer once it comes. */
  open(): {
    readonly url: string
    readonly response: Promise<CustomResourceResponse>
    /** The URL takes nothing any more. */
    close(): void
  }
}

const HOST = `${RESPONSE_HOST_PREFIX}useast1.s3.us-east-1.amazonaws.com`

/** Where custom resources answer: on AWS presigned URLs of a bucket, each good for one answer. */
export function createResponses(): Responses {
  const waiting = new Map<string, (response: CustomResourceResponse) => void>()
  return {
    service: {
      name: 'custom-resource-responses',
      // Whoever has the URL may answer.
      requirements: () => [],
      async handle({ method, path, body }) {
        const take = waiting.get(path)
        if (method !== 'PUT' || !take) return plain(403, 'AccessDenied: Request has expired')
        const text = Buffer.from(body).toString()
        const response = parse(text)
        if (!response) return plain(400, `no response of a custom resource: ${text}`)
        waiting.delete(path)
        take(response)
        return plain(200, '')
      },
    },
    open() {
      const path = `/${randomUUID()}`
      const { promise, resolve } = Promise.withResolvers<CustomResourceResponse>()
      waiting.set(path, resolve)
      return {
        url: `https://${HOST}${path}`,
        response: promise,
        close: () => void waiting.delete(path),
      }
    },
  }
}

const plain = (status: number, body: string): WireResponse => ({
  status,
  headers: { 'content-type': 'text/plain' },
  body,
})

function parse(text: string): CustomResourceResponse | undefined {
  try {
    const parsed = Object(JSON.parse(text)) as CustomResourceResponse
    return parsed.Status === 'SUCCESS' || parsed.Status === 'FAILED' ? parsed : undefined
  } catch {
    // Told to whoever sent it.
    return undefined
  }
}
