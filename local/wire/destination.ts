import { directory } from './directory.ts'
import { rpcV2Cbor } from './protocols/cbor.ts'
import { awsJson } from './protocols/json.ts'
import type { Protocol } from './protocols/protocol.ts'
import { awsQuery, formOf } from './protocols/query.ts'
import { restJson, restXml } from './protocols/rest.ts'
import { RESPONSE_HOST_PREFIX } from './response-host.ts'
import type { WireRequest } from './service.ts'

/** What a request says about itself: for whom it is, what it asks and in which protocol. */
export interface Destination {
  /** Our name of the service; undefined where the request names none that is known. */
  readonly service: string | undefined
  /** As the request gives it, for messages; undefined where a REST route must tell. */
  readonly operation: string | undefined
  readonly protocol: Protocol
}

const json10 = awsJson('1.0')
const json11 = awsJson('1.1')

const serviceWhere = (fits: (listing: (typeof directory)[string]) => boolean): string | undefined =>
  Object.entries(directory).find(([, listing]) => fits(listing))?.[0]

/** `Credential=AKID/20261120/us-east-1/monitoring/aws4_request` */
const signedFor = (request: WireRequest): string | undefined =>
  /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(request.headers.authorization ?? '')?.[1]

/** REST services that are not here and whose clients read errors as XML alone; all others read JSON. */
const XML_ELSEWHERE = ['s3', 's3express', 's3-outposts', 'cloudfront']

const signedService = (request: WireRequest): string | undefined => {
  const name = signedFor(request)
  return name === undefined
    ? undefined
    : serviceWhere((listing) => listing.signingNames.includes(name))
}

const byTarget = (request: WireRequest, target: string): Destination => {
  const [prefix = '', operation = ''] = target.split('.')
  return {
    service: serviceWhere((listing) => listing.targets.includes(prefix)),
    operation,
    protocol: request.headers['content-type']?.includes('json-1.1') ? json11 : json10,
  }
}

const byForm = (request: WireRequest): Destination => {
  const form = formOf(request)
  const version = form.get('Version')
  return {
    service: serviceWhere((listing) => listing.version === version) ?? signedService(request),
    operation: form.get('Action') ?? '',
    protocol: awsQuery,
  }
}

export const destinationOf = (request: WireRequest): Destination => {
  if (request.headers.host?.startsWith(RESPONSE_HOST_PREFIX)) {
    return { service: 'custom-resource-responses', operation: undefined, protocol: restXml }
  }
  const target = request.headers['x-amz-target']
  if (target !== undefined) return byTarget(request, target)
  const rpc = /^\/service\/([^/]+)\/operation\/([^/]+)\/?$/.exec(request.path)
  if (rpc) {
    const [, name = '', operation = ''] = rpc
    return {
      service: serviceWhere((listing) => listing.targets.includes(name)),
      operation,
      protocol: rpcV2Cbor,
    }
  }
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')
  if (isForm || (request.path === '/' && request.query.Action !== undefined)) {
    return byForm(request)
  }
  const version = /^\/(\d{4}-\d{2}-\d{2})\//.exec(request.path)?.[1]
  if (version === directory.route53?.version) {
    return { service: 'route53', operation: undefined, protocol: restXml }
  }
  // Lambda has a date of its own per feature, so any other dated path is one of Lambda's.
  const service = version === undefined ? signedService(request) : 'lambda'
  const protocol = XML_ELSEWHERE.includes(signedFor(request) ?? '') ? restXml : restJson
  return { service, operation: undefined, protocol }
}
