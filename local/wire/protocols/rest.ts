import { directory } from '../directory.ts'
import { MalformedInput } from '../input-check.ts'
import { JSON_REFUSALS, XML_REFUSALS } from '../refusal.ts'
import { narrowed, type OperationShape, type Shape } from '../schema.ts'
import type { WireRequest, WireResponse } from '../service.ts'
import { readJson, writeJson } from './json.ts'
import { errorMembers, type Protocol } from './protocol.ts'
import { labelsOf } from './rest-route.ts'
import { readXml, writeXml, xmlError } from './xml.ts'

interface Bindings {
  httpLabel?: unknown
  httpQuery?: string
  httpHeader?: string
  httpPayload?: unknown
  httpResponseCode?: unknown
  httpPrefixHeaders?: string
  httpQueryParams?: unknown
}

const bindingsOf = (shape: Shape): Bindings => shape.getMergedTraits() as Bindings

const inBody = (member: Shape): boolean => {
  const at = bindingsOf(member)
  return !(
    at.httpLabel ||
    at.httpQuery ||
    at.httpHeader ||
    at.httpPayload ||
    at.httpResponseCode ||
    at.httpQueryParams ||
    at.httpPrefixHeaders !== undefined
  )
}

const fromText = (shape: Shape, text: string, place: string): unknown => {
  const wrong = (wanted: string) => new MalformedInput(`${place} is "${text}", not ${wanted}`)
  if (shape.isNumericSchema()) {
    if (text.trim() === '' || Number.isNaN(Number(text))) throw wrong('a number')
    return Number(text)
  }
  if (shape.isBooleanSchema()) {
    if (text !== 'true' && text !== 'false') throw wrong('true or false')
    return text === 'true'
  }
  if (shape.isTimestampSchema()) {
    if (Number.isNaN(Date.parse(text))) throw wrong('a time')
    return new Date(text)
  }
  return text
}

const fromQuery = (shape: Shape, given: string | string[], place: string): unknown =>
  shape.isListSchema()
    ? [given].flat().map((text) => fromText(shape.getValueSchema(), text, place))
    : fromText(shape, [given].flat()[0] ?? '', place)

interface Format {
  read(shape: Shape, body: Uint8Array): unknown
  write(shape: Shape, value: unknown, service: string): string
  readonly contentType: string
}

const decode = (format: Format) => (operation: OperationShape, request: WireRequest) => {
  if (operation.input.isUnitSchema()) return {}
  const labels = labelsOf(operation, request.path)
  const value: Record<string, unknown> = {}
  const body = narrowed(operation.input, inBody)
  if (request.body.byteLength > 0 && !hasPayload(operation.input)) {
    Object.assign(value, format.read(body, request.body))
  }
  const queries = new Set(Object.keys(request.query))
  for (const [name, member] of operation.input.structIterator()) {
    const at = bindingsOf(member)
    const header = at.httpHeader && request.headers[at.httpHeader.toLowerCase()]
    const query = at.httpQuery === undefined ? undefined : request.query[at.httpQuery]
    if (at.httpQuery) queries.delete(at.httpQuery)
    if (at.httpLabel) value[name] = fromText(member, labels[name] ?? '', name)
    else if (query !== undefined) value[name] = fromQuery(member, query, name)
    else if (header !== undefined && header !== '') value[name] = fromText(member, header, name)
    else if (at.httpPayload && request.body.byteLength > 0) {
      value[name] = member.isBlobSchema() ? request.body : format.read(member, request.body)
    }
  }
  for (const known of staticQuery(operation)) queries.delete(known)
  const [unknown] = queries
  if (unknown) throw new MalformedInput(`local AWS does not know the parameter ${unknown}`)
  return value
}

const staticQuery = (operation: OperationShape): string[] => [
  ...new URLSearchParams(operation.http?.[1].split('?')[1] ?? '').keys(),
  'x-id',
]

const hasPayload = (shape: Shape): boolean =>
  [...shape.structIterator()].some(([, member]) => bindingsOf(member).httpPayload)

const encode =
  (format: Format) =>
  (
    operation: OperationShape,
    output: object,
    { service, requestId }: { service: string; requestId: string },
  ): WireResponse => {
    let status = operation.http?.[2] ?? 200
    const headers: Record<string, string> = { 'x-amzn-requestid': requestId }
    if (operation.output.isUnitSchema()) return { status, headers, body: '' }
    let body: string | Uint8Array | undefined
    for (const [name, member] of operation.output.structIterator()) {
      const at = bindingsOf(member)
      const value = (output as Record<string, unknown>)[name]
      if (value === undefined) continue
      if (at.httpResponseCode) status = Number(value)
      else if (at.httpHeader) headers[at.httpHeader.toLowerCase()] = String(value)
      else if (at.httpPayload) {
        body = member.isBlobSchema() ? (value as Uint8Array) : format.write(member, value, service)
      }
    }
    if (body === undefined && !hasPayload(operation.output)) {
      body = format.write(narrowed(operation.output, inBody), output, service)
    }
    return { status, headers: { 'content-type': format.contentType, ...headers }, body: body ?? '' }
  }

const xml: Format = {
  read: readXml,
  write: (shape, value, service) => writeXml(shape, value, directory[service]?.xmlNamespace ?? ''),
  contentType: 'text/xml',
}

const json: Format = { read: readJson, write: writeJson, contentType: 'application/json' }

export const restXml: Protocol = {
  unknownOperation: 'UnknownOperationException',
  malformed: 'InvalidInput',
  refusals: XML_REFUSALS,
  decode: decode(xml),
  encode: encode(xml),
  encodeError: (error, shape, answering) =>
    xmlError(error, shape, answering, directory[answering.service]?.xmlNamespace ?? ''),
}

export const restJson: Protocol = {
  unknownOperation: 'UnknownOperationException',
  malformed: 'InvalidRequestContentException',
  // The one JSON protocol whose services answer so: Lambda.
  refusals: { ...JSON_REFUSALS, status: 403 },
  decode: decode(json),
  encode: encode(json),
  encodeError: (error, shape, { requestId }) => ({
    status: shape?.status ?? error.status,
    headers: {
      'content-type': 'application/json',
      'x-amzn-requestid': requestId,
      'x-amzn-errortype': shape?.name ?? error.code,
    },
    body: JSON.stringify({ Type: 'User', ...errorMembers(error, shape) }),
  }),
}
