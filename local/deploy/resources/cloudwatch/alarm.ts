import { arnOf } from '../../../account.ts'
import { apiInput } from '../api-input.ts'
import type { Creation, Made, ResourceType } from '../resource-type.ts'

/** AWS::CloudWatch::Alarm */
export const alarm: ResourceType = {
  create: put,
  update: put,
  replacedBy: ['AlarmName'],
  async delete({ services, standing }) {
    await services.call('cloudwatch', 'DeleteAlarms', { AlarmNames: [standing.made.ref] })
  },
}

async function put(creation: Creation): Promise<Made> {
  const input = apiInput(creation, ['cloudwatch', 'PutMetricAlarm'])
  const AlarmName = String(input.AlarmName ?? creation.defaultName)
  await creation.services.call('cloudwatch', 'PutMetricAlarm', { ...input, AlarmName })
  return { ref: AlarmName, attributes: { Arn: arnOf('cloudwatch', `alarm:${AlarmName}`) } }
}
