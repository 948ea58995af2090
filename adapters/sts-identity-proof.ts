import { GetCallerIdentityCommand, STSClient, type STSClientConfig } from '@aws-sdk/client-sts'
import {
  type IdentityProof,
  PROOF_HEADER,
  type ProvenRequest,
  proofSubject,
} from '../core/model/identity-proof.ts'

/** What `GetCallerIdentity` is asked with: the only body that a proof may have. */
export const IDENTITY_BODY = 'Action=GetCallerIdentity&Version=2011-06-15'

/** A request of the SDK, as its middleware sees it. */
export interface SignedRequest {
  readonly method: string
  headers: Record<string, string>
  body?: unknown
}

/**
 * STS's own host of the client's region, whatever endpoint the client is told of: a proof that was made behind a proxy
 * or a VPC endpoint is the same as one that was not.
 */
export async function stsHost({ config }: STSClient): Promise<string> {
  const Region = await config.region()
  const place = { Region, UseDualStack: false, UseFIPS: false, UseGlobalEndpoint: false }
  return config.endpointProvider(place).url.host
}

/**
 * Signs, with the caller's own credentials, a request to STS that says who they are, and does not send it. The function
 * it goes to does, so that nobody has to be believed.
 */
export async function proveIdentity(
  config: STSClientConfig,
  request: ProvenRequest,
): Promise<IdentityProof> {
  const sts = new STSClient(config)
  const host = await stsHost(sts)
  let proof: IdentityProof | undefined
  // Before it is signed, and then what was signed in place of sending it.
  sts.middlewareStack.add(
    (next) => async (args) => {
      const { headers } = args.request as SignedRequest
      Object.assign(headers, { host, [PROOF_HEADER]: proofSubject(request) })
      return next(args)
    },
    { step: 'build', name: 'proofSubject' },
  )
  sts.middlewareStack.add(
    () => async (args) => {
      proof = proofOf(args.request as SignedRequest)
      return { response: undefined, output: { $metadata: {} } }
    },
    { step: 'deserialize', priority: 'high', name: 'proofTaken' },
  )
  await sts.send(new GetCallerIdentityCommand({}))
  sts.destroy()
  if (!proof) throw new TypeError('the SDK signed no request; is its version another one?')
  return proof
}

function proofOf({ headers, body }: SignedRequest): IdentityProof {
  const { authorization = '' } = headers
  const signed = signedHeadersOf(authorization)
  const kept = Object.entries(headers).filter(([name]) => signed.includes(name.toLowerCase()))
  return {
    headers: {
      ...Object.fromEntries(kept.map(([name, value]) => [name.toLowerCase(), value])),
      authorization,
    },
    body: String(body),
  }
}

/** `AWS4-HMAC-SHA256 Credential=…, SignedHeaders=host;x-amz-date, Signature=…` */
export function signedHeadersOf(authorization: string): readonly string[] {
  return /SignedHeaders=([^,\s]+)/.exec(authorization)?.[1]?.split(';') ?? []
}
