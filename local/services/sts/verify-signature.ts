import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { AwsError, type WireRequest } from '../../wire/service.ts'

/** How far a request's time may be from ours, in milliseconds. */
const MOST_SKEW = 5 * 60_000

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=[^/]+\/(?<scope>(?<day>\d{8})\/(?<region>[^/]+)\/(?<service>[^/]+)\/aws4_request), ?SignedHeaders=(?<signed>[^,]+), ?Signature=(?<signature>[0-9a-f]{64})$/

/**
 * Whether a request was signed with this secret, and lately.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 * @throws {AwsError} as STS does.
 */
export function verifySignature(request: WireRequest, secret: string): void {
  const { headers } = request
  const found = AUTHORIZATION.exec(headers.authorization ?? '')?.groups
  const at = headers['x-amz-date'] ?? ''
  if (!found) {
    throw new AwsError('IncompleteSignature', 'Authorization header is not that of Signature V4')
  }
  const { scope = '', day = '', region = '', service = '', signed = '', signature = '' } = found
  const skew = Math.abs(Date.now() - timeOf(at))
  if (!(skew <= MOST_SKEW)) {
    throw mismatch(`Signature expired: ${at} is more than 5 minutes from the present time`)
  }
  const text = ['AWS4-HMAC-SHA256', at, scope, sha256(canonical(request, signed))].join('\n')
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secret}`)
  const expected = hmac(key, text)
  if (service === 'sts' && timingSafeEqual(expected, Buffer.from(signature, 'hex'))) return
  throw mismatch(
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
  )
}

/** Of a request without a query, as STS has them. */
function canonical({ method, path, headers, body }: WireRequest, signed: string): string {
  const lines = signed
    .split(';')
    .map((name) => `${name}:${(headers[name] ?? '').trim().replace(/ +/g, ' ')}`)
  return [method, path, '', ...lines, '', signed, sha256(body)].join('\n')
}

/** `20261120T101500Z`; not a number for anything else. */
function timeOf(at: string): number {
  return Date.parse(at.replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\dZ)$/, '$1-$2-$3:$4:$5'))
}

function mismatch(message: string): AwsError {
  return new AwsError('SignatureDoesNotMatch', message, 403)
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}

function hmac(key: string | Buffer, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest()
}
