import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts'
import { TransientError } from '../core/errors.ts'
import {
  type IdentityProof,
  PROOF_HEADER,
  type ProvenRequest,
  proofSubject,
} from '../core/model/identity-proof.ts'
import type { Identities } from '../core/ports.ts'
import { answered, described } from './aws-errors.ts'
import {
  IDENTITY_BODY,
  type SignedRequest,
  signedHeadersOf,
  stsHost,
} from './sts-identity-proof.ts'

/**
 * Has STS check proofs: sends each to the client's own endpoint, wherever its sender would have had it sent, with
 * nothing of it but the headers that are signed.
 */
export function createStsIdentities(sts: STSClient): Identities {
  return {
    async callerOf(proof, request) {
      const signed = signedHeadersOf(proof.headers.authorization ?? '')
      const flaw = flawOf(proof, request, signed, await stsHost(sts))
      if (flaw !== undefined) return { kind: 'refused', reason: flaw }
      const asked = `who sent ${request.kind} of ${request.canary}`
      try {
        const { Arn } = await answered('STS GetCallerIdentity', asked, send(sts, proof, signed))
        if (Arn) return { kind: 'known', arn: Arn }
        return { kind: 'refused', reason: 'STS answered with no ARN' }
      } catch (error) {
        if (error instanceof TransientError) throw error
        return {
          kind: 'refused',
          reason: `STS does not accept the proof of identity: ${described(error)}; make a new one, a proof is good for some minutes and one request`,
        }
      }
    },
  }
}

/** Why STS need not be asked. */
function flawOf(
  { headers, body }: IdentityProof,
  request: ProvenRequest,
  signed: readonly string[],
  host: string,
): string | undefined {
  const absent = ['host', PROOF_HEADER].find((name) => !signed.includes(name))
  if (absent !== undefined) return `proof: its signature does not cover the header ${absent}`
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

/** The client's own request with its headers and body changed for the proof's after it was signed. */
async function send(sts: STSClient, { headers, body }: IdentityProof, signed: readonly string[]) {
  const command = new GetCallerIdentityCommand({})
  command.middlewareStack.add(
    (next) => async (args) => {
      const request = args.request as SignedRequest
      const given = ['authorization', ...signed].map((name) => [name, headers[name] ?? ''] as const)
      request.headers = {
        ...Object.fromEntries(given),
        'content-length': String(new TextEncoder().encode(body).byteLength),
      }
      request.body = body
      return next(args)
    },
    { step: 'deserialize', priority: 'high', name: 'proofSent' },
  )
  return sts.send(command)
}
