import { isIPv4, isIPv6 } from 'node:net'
import type { ResourceRecordSet } from '@aws-sdk/client-route-53'
import { AwsError } from '../../wire/service.ts'
import { canonical } from './domain-name.ts'

const MAX_WEIGHT = 255
const MAX_TTL = 2_147_483_647

const SERVED = ['A', 'AAAA', 'CNAME', 'TXT', 'NS', 'SOA', 'MX', 'SRV', 'CAA']

const invalid = (message: string): AwsError => new AwsError('InvalidInput', message)

const place = (record: ResourceRecordSet): string =>
  `[Name=${record.Name}, Type=${record.Type}, SetIdentifier=${record.SetIdentifier ?? null}]`

const checkShape = (record: ResourceRecordSet): void => {
  const plain = record.TTL !== undefined && record.ResourceRecords !== undefined
  const started = record.TTL !== undefined || record.ResourceRecords !== undefined
  if (record.AliasTarget ? started : !plain) {
    throw invalid(
      `Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords]] in Change with ${place(record)}`,
    )
  }
  if ((record.Weight === undefined) !== (record.SetIdentifier === undefined)) {
    throw invalid(
      `Invalid request: Weight and SetIdentifier come together or not at all, in Change with ${place(record)}`,
    )
  }
}

const checkBounds = (record: ResourceRecordSet): void => {
  const { Weight, TTL } = record
  if (Weight !== undefined && !(Number.isInteger(Weight) && Weight >= 0 && Weight <= MAX_WEIGHT)) {
    throw invalid(
      `Weight is ${Weight} at ${place(record)}: give an integer from 0 to ${MAX_WEIGHT}`,
    )
  }
  if (TTL !== undefined && !(Number.isInteger(TTL) && TTL >= 0 && TTL <= MAX_TTL)) {
    throw invalid(`TTL is ${TTL} at ${place(record)}: give an integer from 0 to ${MAX_TTL}`)
  }
  const length = record.SetIdentifier?.length
  if (length !== undefined && (length < 1 || length > 128)) {
    throw invalid(`SetIdentifier has ${length} characters at ${place(record)}: give 1 to 128`)
  }
}

/**
 * Parses one record as a change gives it: its name canonical, its members complete and in bounds.
 * @throws {AwsError} InvalidInput, as Route 53 answers before it looks at what stands in the zone.
 */
export const parseRecord = (given: ResourceRecordSet): ResourceRecordSet => {
  const record: ResourceRecordSet = { ...given, Name: canonical(given.Name ?? '') }
  if (!SERVED.includes(record.Type ?? '')) {
    throw invalid(`local AWS does not support records of type ${record.Type}: ${SERVED.join(', ')}`)
  }
  checkShape(record)
  checkBounds(record)
  if (!record.AliasTarget) return record
  return {
    ...record,
    AliasTarget: { ...record.AliasTarget, DNSName: canonical(record.AliasTarget.DNSName ?? '') },
  }
}

/** What is wrong with the record's values; undefined where nothing is. Goes into the batch's messages. */
export const valueFault = (record: ResourceRecordSet): string | undefined => {
  const values = record.ResourceRecords?.map(({ Value }) => Value ?? '') ?? []
  if (!record.AliasTarget && values.length === 0) {
    return `Invalid Resource Record: no value given for ${place(record)}`
  }
  if (new Set(values).size !== values.length) {
    return `Duplicate Resource Record: a value is given twice for ${place(record)}`
  }
  const bad = values.find(
    (value) =>
      (record.Type === 'A' && !isIPv4(value)) || (record.Type === 'AAAA' && !isIPv6(value)),
  )
  if (bad === undefined) return undefined
  const version = record.Type === 'A' ? 'IPv4' : 'IPv6'
  return `Invalid Resource Record: FATAL problem: ${record.Type}RRDATAIllegal${version}Address (Value is not a valid ${version} address) encountered with '${bad}'`
}
