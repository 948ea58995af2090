import { GetCallerIdentityCommand, STSClient, type STSClientConfig } from '@aws-sdk/client-sts'
import { TransientError } from '../core/errors.ts'
import {
  type IdentityProof,
  PROOF_HEADER,
  type ProvenRequest,
  proofSubject,
} from '../core/model/identity-proof.ts'
import type { Identities } from '../core/ports.ts'
import { answered, described } from './aws-errors.ts'
import { IDENTITY_BODY, signedHeadersOf, stsHost } from './sts-identity-proof.ts'

type RequestHandler = STSClient['config']['requestHandler']

/**
 * Has STS check proofs: sends each to the clients' own endpoint, wherever its sender would have had it sent, with
 * nothing of it but the headers that are signed.
 */
export function createStsIdentities(config: STSClientConfig): Identities {
  const sts = new STSClient(config)
  const { requestHandler } = sts.config
  return {
    async callerOf(proof, request) {
      const signed = signedHeadersOf(proof.headers.authorization ?? '')
      const flaw = flawOf(proof, request, signed, await stsHost(sts))
      if (flaw !== undefined) return { kind: 'refused', reason: flaw }
      const asking = new STSClient({
        ...config,
        requestHandler: sending(requestHandler, proof, signed),
      })
      const asked = `who sent ${request.kind} of ${request.canary}`
      try {
        const sent = asking.send(new GetCallerIdentityCommand({}))
        const { Arn } = await answered('STS GetCallerIdentity', asked, sent)
        if (Arn) return { kind: 'known', arn: Arn }
        return { kind: 'refused', reason: 'STS answered with no ARN' }
      } catch (error) {
        if (error instanceof TransientError || !isRefusal(error)) throw error
        return {
          kind: 'refused',
          reason: `STS does not accept the proof of identity: ${described(error)}; make a new one, a proof is good for some minutes and one request`,
        }
      }
    },
  }
}

/** That STS answered no, and nothing went wrong on the way. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && '$fault' in error && error.$fault === 'client'
}

/** Headers that the SDK signs, and none that says how to read the request or how to answer it. */
const SENT = /^(?:host|content-type|content-length|(?:x-amz|amz-sdk|x-sluice)-[a-z0-9-]+)$/
const PRINTABLE = /^[\t\x20-\x7e]*$/

/** Why STS need not be asked. */
function flawOf(
  { headers, body }: IdentityProof,
  request: ProvenRequest,
  signed: readonly string[],
  host: string,
): string | undefined {
  const absent = ['host', PROOF_HEADER].find((name) => !signed.includes(name))
  if (absent !== undefined) return `proof: its signature does not cover the header ${absent}`
  const other = signed.find((name) => !SENT.test(name))
  if (other !== undefined) {
    return `proof: its signature covers the header ${other}, which is not sent; sign it as the SDK does`
  }
  const unclean = ['authorization', ...signed].find((name) => !PRINTABLE.test(headers[name] ?? ''))
  if (unclean !== undefined) return `proof: its header ${unclean} has characters that none may have`
  const subject = proofSubject(request)
  if (headers[PROOF_HEADER] !== subject) {
    return `proof: it was made for ${headers[PROOF_HEADER]}, not for ${subject}`
  }
  if (headers.host !== host) {
    return `proof: it was signed for ${headers.host}; sign it for ${host}, the STS of this function's region`
  }
  if (body === IDENTITY_BODY) return undefined
  return `proof.body: only ${IDENTITY_BODY} is sent to STS`
}

/** Carries a client's request with its headers and body changed for the proof's, after the client has signed it. */
function sending(
  requestHandler: RequestHandler,
  { headers, body }: IdentityProof,
  signed: readonly string[],
): Pick<RequestHandler, 'handle'> {
  return {
    handle(request, options) {
      const given = ['authorization', ...signed].map((name) => [name, headers[name] ?? ''] as const)
      request.headers = {
        ...Object.fromEntries(given),
        'content-length': String(new TextEncoder().encode(body).byteLength),
      }
      request.body = body
      return requestHandler.handle(request, options)
    },
  }
}
