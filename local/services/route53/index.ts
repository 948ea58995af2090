import type { ChangeResourceRecordSetsRequest } from '@aws-sdk/client-route-53'
import * as schemas from '@aws-sdk/client-route-53'
import { AwsError, type Operation, type Service } from '../../wire/service.ts'
import { type Answer, type AnswerOptions, answerOf } from './answer.ts'
import { authorization } from './authorization.ts'
import { changeResourceRecordSets } from './change-records.ts'
import { getChange } from './changes.ts'
import { listResourceRecordSets } from './list-records.ts'
import { Route53State } from './state.ts'
import { requestBucket, throttled } from './throttle.ts'
import {
  createHostedZone,
  deleteHostedZone,
  getHostedZone,
  listHostedZones,
  listHostedZonesByName,
  updateHostedZoneComment,
} from './zones.ts'

export interface Route53Options extends Partial<AnswerOptions> {
  /** How long a change stays PENDING; 0 by default. */
  readonly inSyncAfterMs?: number
  /** Requests above this rate are answered with Throttling; without it none is. AWS refills 10 a second. */
  readonly requestsPerSecond?: number
  /** Requests that may come at once under `requestsPerSecond`; AWS allows 50, which is the default. */
  readonly requestBurst?: number
}

export interface Route53 extends Service {
  readonly state: Route53State
  /** What a name server answers now. */
  answer(name: string, type: string): Answer
  /** Answers the next `count` changes of a zone with PriorRequestNotComplete, as a busy zone does. */
  busy(hostedZoneId: string, count: number): void
}

/** Routing policies other than simple and weighted are refused. */
const supports: Service['supports'] = {
  CreateHostedZone: ['Name', 'CallerReference', 'HostedZoneConfig.Comment'],
  ListHostedZones: ['Marker', 'MaxItems'],
  ChangeResourceRecordSets: [
    'HostedZoneId',
    'ChangeBatch.Comment',
    'ChangeBatch.Changes.Action',
    ...[
      'Name',
      'Type',
      'SetIdentifier',
      'Weight',
      'TTL',
      'ResourceRecords',
      'AliasTarget',
      'HealthCheckId',
    ].map((member) => `ChangeBatch.Changes.ResourceRecordSet.${member}`),
  ],
}

/** Zones that answer PriorRequestNotComplete for a while. */
const busyZones = () => {
  const left = new Map<string, number>()
  const bare = (id: string): string => id.replace(/^\/?hostedzone\//, '')
  return {
    busy: (id: string, count: number) => {
      left.set(bare(id), count)
    },
    refuse: (id: string) => {
      const count = left.get(bare(id)) ?? 0
      if (count <= 0) return
      left.set(bare(id), count - 1)
      throw new AwsError(
        'PriorRequestNotComplete',
        'The request was rejected because Route 53 was still processing a prior request.',
      )
    },
  }
}

/** Route 53: zones, simple and weighted records, and what a name server would answer from them. */
export const createRoute53 = (options: Route53Options = {}): Route53 => {
  const state = new Route53State()
  const inSyncAfterMs = options.inSyncAfterMs ?? 0
  const zones = busyZones()
  const change = changeResourceRecordSets(state, inSyncAfterMs)
  const operations: Readonly<Record<string, Operation>> = {
    CreateHostedZone: createHostedZone(state, inSyncAfterMs),
    GetHostedZone: getHostedZone(state),
    DeleteHostedZone: deleteHostedZone(state, inSyncAfterMs),
    UpdateHostedZoneComment: updateHostedZoneComment(state),
    ListHostedZones: listHostedZones(state),
    ListHostedZonesByName: listHostedZonesByName(state),
    ChangeResourceRecordSets: (input: ChangeResourceRecordSetsRequest) => {
      zones.refuse(input.HostedZoneId ?? '')
      return change(input)
    },
    ListResourceRecordSets: listResourceRecordSets(state),
    GetChange: getChange(state),
  }
  const bucket =
    options.requestsPerSecond === undefined
      ? undefined
      : requestBucket(options.requestsPerSecond, options.requestBurst ?? 50)
  const answering: AnswerOptions = {
    addressesOf: options.addressesOf ?? (() => undefined),
    aliasTtlSeconds: options.aliasTtlSeconds ?? 60,
    isHealthy: options.isHealthy ?? (() => true),
  }
  return {
    name: 'route53',
    schemas,
    state,
    supports,
    authorization,
    operations: bucket ? throttled(operations, () => bucket.take()) : operations,
    answer: (name, type) => answerOf(state, answering, { name, type }),
    busy: zones.busy,
  }
}
