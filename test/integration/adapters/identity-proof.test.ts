import { describe, expect, it } from 'vitest'
import { createStsIdentities } from '../../../adapters/sts-identities.ts'
import { proveIdentity } from '../../../adapters/sts-identity-proof.ts'
import { TransientError } from '../../../core/errors.ts'
import { type IdentityProof, PROOF_HEADER } from '../../../core/model/identity-proof.ts'
import { createIam } from '../../../local/services/iam/index.ts'
import { createSts } from '../../../local/services/sts/index.ts'
import { openTransport, transports } from '../../fixtures/wire-transports.ts'

const REQUEST = { canary: 'web', rollout: 'web-7', kind: 'abort', id: '1f/2 ü' } as const

async function scene(transport: (typeof transports)[number] = 'in process') {
  const iam = createIam()
  const roleArn = 'arn:aws:iam::123456789012:role/Operator'
  iam.state.putRole({ name: 'Operator', path: '/', trust: { Statement: [] } })
  const opened = await openTransport(transport, [createSts(iam)], {
    authorize: (key, requirements) => iam.require(iam.principalOf(key), ...requirements()),
  })
  const identities = createStsIdentities(opened.config)
  const prove = (seconds?: number) => {
    const issued = iam.issue({ roleArn, name: 'ada', ...(seconds ? { seconds } : {}) })
    const { expiration: _, ...credentials } = issued
    return proveIdentity({ ...opened.config, credentials }, REQUEST)
  }
  return { identities, prove, opened }
}

const changed = (proof: IdentityProof, headers: Record<string, string>): IdentityProof => ({
  ...proof,
  headers: { ...proof.headers, ...headers },
})

describe.each(transports)('a proof of identity %s', (transport) => {
  it('tells the ARN of whoever signed it', async () => {
    const { identities, prove, opened } = await scene(transport)
    expect(await identities.callerOf(await prove(), REQUEST)).toEqual({
      kind: 'known',
      arn: 'arn:aws:sts::123456789012:assumed-role/Operator/ada',
    })
    await opened.close()
  })
})

describe('a proof of identity', () => {
  it('is made without asking anybody, for the region’s STS whatever the endpoint', async () => {
    const { prove, opened } = await scene('over HTTP')
    const { headers, body } = await prove()
    expect(opened.called.size).toBe(0)
    expect(headers).toMatchObject({
      host: 'sts.us-east-1.amazonaws.com',
      [PROOF_HEADER]: 'web/web-7/abort/1f%2F2%20%C3%BC',
    })
    expect(body).toBe('Action=GetCallerIdentity&Version=2011-06-15')
    await opened.close()
  })

  it.each([
    ['another kind', { ...REQUEST, kind: 'approve' }],
    ['another rollout', { ...REQUEST, rollout: 'web-8' }],
    ['another canary', { ...REQUEST, canary: 'shop' }],
    ['another id', { ...REQUEST, id: '2' }],
  ] as const)('for %s is refused without asking STS', async (_, request) => {
    const { identities, prove, opened } = await scene()
    const answer = await identities.callerOf(await prove(), request)
    expect(answer).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('it was made for web/web-7/abort/1f%2F2%20%C3%BC, not for'),
    })
    expect(opened.called.size).toBe(0)
  })

  it('whose subject was changed after it was signed is refused by STS', async () => {
    const { identities, prove } = await scene()
    const forged = changed(await prove(), { [PROOF_HEADER]: 'web/web-7/abort/2' })
    expect(await identities.callerOf(forged, { ...REQUEST, id: '2' })).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('SignatureDoesNotMatch'),
    })
  })

  it('whose subject is not signed is refused', async () => {
    const { identities, prove, opened } = await scene()
    const proof = await prove()
    const { authorization = '' } = proof.headers
    const loose = changed(proof, {
      authorization: authorization.replace(`;${PROOF_HEADER}`, ''),
    })
    expect(await identities.callerOf(loose, REQUEST)).toMatchObject({
      kind: 'refused',
      reason: `proof: its signature does not cover the header ${PROOF_HEADER}`,
    })
    expect(opened.called.size).toBe(0)
  })

  it.each([
    ['another host', { headers: { host: 'example.com' } }, 'it was signed for example.com'],
    ['another body', { body: 'Action=AssumeRole&Version=2011-06-15' }, 'proof.body: only'],
    ['no signature', { headers: { authorization: '' } }, 'does not cover the header host'],
  ])('with %s is refused without asking STS', async (_, change: Partial<IdentityProof>, reason) => {
    const { identities, prove, opened } = await scene()
    const proof = await prove()
    const headers = { ...proof.headers, ...change.headers }
    expect(await identities.callerOf({ ...proof, ...change, headers }, REQUEST)).toEqual({
      kind: 'refused',
      reason: expect.stringContaining(reason),
    })
    expect(opened.called.size).toBe(0)
  })

  it.each(['transfer-encoding', 'expect', 'accept', 'Host'])(
    'that has signed the header %s is refused without asking STS',
    async (name) => {
      const { identities, prove, opened } = await scene()
      const proof = await prove()
      const { authorization = '' } = proof.headers
      const more = authorization.replace('SignedHeaders=', `SignedHeaders=${name};`)
      const smuggling = changed(proof, { authorization: more, [name.toLowerCase()]: 'chunked' })
      expect(await identities.callerOf(smuggling, REQUEST)).toMatchObject({
        kind: 'refused',
        reason: expect.stringContaining(`covers the header ${name}, which is not sent`),
      })
      expect(opened.called.size).toBe(0)
    },
  )

  it('with a line break in a header is refused, and breaks no request', async () => {
    const { identities, prove, opened } = await scene()
    const broken = changed(await prove(), { 'x-amz-date': '20260101T000000Z\r\nx-amz-a: b' })
    expect(await identities.callerOf(broken, REQUEST)).toEqual({
      kind: 'refused',
      reason: 'proof: its header x-amz-date has characters that none may have',
    })
    expect(opened.called.size).toBe(0)
  })

  it('that was signed long ago, or with credentials that ran out, is refused', async () => {
    const { identities, prove } = await scene()
    const old = changed(await prove(), { 'x-amz-date': '20200101T000000Z' })
    expect(await identities.callerOf(old, REQUEST)).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('Signature expired: 20200101T000000Z'),
    })
    const late = await prove(-1)
    expect(await identities.callerOf(late, REQUEST)).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('ExpiredToken'),
    })
  })

  it('that STS could not be asked about is no refusal: the request comes again', async () => {
    const { prove } = await scene()
    const requestHandler = {
      handle: async () => {
        throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
      },
    }
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
    const config = { region: 'us-east-1', credentials, maxAttempts: 1, requestHandler }
    const identities = createStsIdentities(config)
    await expect(identities.callerOf(await prove(), REQUEST)).rejects.toThrow(TransientError)
  })

  it('carries nothing that is not signed', async () => {
    const { prove } = await scene()
    const { headers } = await prove()
    const signed = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? '')?.[1]?.split(';')
    expect(Object.keys(headers).sort()).toEqual(['authorization', ...(signed ?? [])].sort())
  })
})
