import type { PutEventsRequest, PutEventsRequestEntry } from '@aws-sdk/client-eventbridge'
import { AwsError } from '../../wire/service.ts'
import type { Publish } from './index.ts'
import { requireBus } from './state.ts'

const MOST_ENTRIES = 10

export const putEvents = (publish: Publish) => ({
  PutEvents({ Entries: entries = [] }: PutEventsRequest) {
    if (entries.length === 0 || entries.length > MOST_ENTRIES) {
      throw new AwsError(
        'ValidationException',
        `${entries.length} entries; a request holds 1 to ${MOST_ENTRIES}`,
      )
    }
    for (const entry of entries) requireBus(entry.EventBusName)
    const results = entries.map((entry) => refusalOf(entry) ?? { EventId: put(publish, entry) })
    return {
      Entries: results,
      FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length,
    }
  },
})

const put = (publish: Publish, entry: PutEventsRequestEntry): string =>
  publish({
    source: entry.Source ?? '',
    detailType: entry.DetailType ?? '',
    detail: JSON.parse(entry.Detail ?? ''),
    resources: entry.Resources ?? [],
    ...(entry.Time ? { time: entry.Time } : {}),
  }).id

function refusalOf(entry: PutEventsRequestEntry) {
  for (const member of ['Source', 'DetailType', 'Detail'] as const) {
    if (!entry[member]) {
      const message = `Parameter ${member} is not valid. Reason: ${member} is a required argument.`
      return { ErrorCode: 'InvalidArgument', ErrorMessage: message }
    }
  }
  if (entry.Source?.startsWith('aws.')) {
    const message = `Not authorized for the source ${entry.Source}: only AWS's own services use aws.`
    return { ErrorCode: 'NotAuthorizedForSource', ErrorMessage: message }
  }
  return isObject(entry.Detail ?? '')
    ? undefined
    : { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' }
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}
