import type { ListResourceRecordSetsRequest } from '@aws-sdk/client-route-53'
import { AwsError } from '../../wire/service.ts'
import { canonical } from './domain-name.ts'
import { compareRecords, type Route53State } from './state.ts'

const MAX_ITEMS = 300

/** In Route 53's order, from the first record that is not before the given name, type and identifier. */
export const listResourceRecordSets =
  (state: Route53State) => (input: ListResourceRecordSetsRequest) => {
    const zone = state.zone(input.HostedZoneId)
    const size = input.MaxItems ?? MAX_ITEMS
    if (!Number.isInteger(size) || size < 1) {
      throw new AwsError('InvalidInput', `MaxItems is ${size}: give an integer from 1`)
    }
    if (input.StartRecordType !== undefined && input.StartRecordName === undefined) {
      throw new AwsError('InvalidInput', 'StartRecordType is given without StartRecordName')
    }
    if (input.StartRecordIdentifier !== undefined && input.StartRecordType === undefined) {
      throw new AwsError('InvalidInput', 'StartRecordIdentifier is given without StartRecordType')
    }
    const from = {
      Name: input.StartRecordName === undefined ? undefined : canonical(input.StartRecordName),
      Type: input.StartRecordType,
      SetIdentifier: input.StartRecordIdentifier,
    }
    const all = [...zone.records.values()]
      .sort(compareRecords)
      .filter((record) => from.Name === undefined || compareRecords(record, from) >= 0)
    const maxItems = Math.min(size, MAX_ITEMS)
    const next = all[maxItems]
    return {
      ResourceRecordSets: all.slice(0, maxItems),
      IsTruncated: next !== undefined,
      MaxItems: maxItems,
      ...(next && {
        NextRecordName: next.Name,
        NextRecordType: next.Type,
        ...(next.SetIdentifier !== undefined && { NextRecordIdentifier: next.SetIdentifier }),
      }),
    }
  }
