import {
  type CloudWatchClient,
  DescribeAlarmsCommand,
  type DescribeAlarmsCommandOutput,
} from '@aws-sdk/client-cloudwatch'
import type { Alarms, AlarmView } from '../core/ports.ts'
import { answered } from './aws-errors.ts'

/** As many as DescribeAlarms takes at once. */
const NAMES_AT_ONCE = 100

export function createCloudWatchAlarms(cloudwatch: CloudWatchClient): Alarms {
  return {
    async describe(names) {
      const distinct = [...new Set(names)]
      const views: AlarmView[] = []
      for (let start = 0; start < distinct.length; start += NAMES_AT_ONCE) {
        const some = distinct.slice(start, start + NAMES_AT_ONCE)
        views.push(...(await describeSome(cloudwatch, some)))
      }
      return views
    },
  }
}

async function describeSome(cloudwatch: CloudWatchClient, names: string[]): Promise<AlarmView[]> {
  const views: AlarmView[] = []
  let token: string | undefined
  do {
    const command = new DescribeAlarmsCommand({
      AlarmNames: names,
      // Without this the answer leaves out composite alarms.
      AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
      MaxRecords: NAMES_AT_ONCE,
      ...(token === undefined ? {} : { NextToken: token }),
    })
    const page = await answered(
      'CloudWatch DescribeAlarms',
      names.join(', '),
      cloudwatch.send(command),
    )
    views.push(...viewsOf(page))
    token = page.NextToken
  } while (token)
  return views
}

function viewsOf(page: DescribeAlarmsCommandOutput): AlarmView[] {
  const alarms = [...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? [])]
  return alarms.map((alarm) => ({
    name: alarm.AlarmName ?? '',
    state: alarm.StateValue ?? 'INSUFFICIENT_DATA',
    reason: alarm.StateReason ?? '',
    // StateUpdatedTimestamp also moves when only the reason changes.
    since: (alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp)?.getTime(),
  }))
}
