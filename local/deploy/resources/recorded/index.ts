import { ACCOUNT, arnOf, REGION } from '../../../account.ts'
import type { ResourceType } from '../resource-type.ts'
import { CAPACITY } from './capacity.ts'
import { NETWORK } from './network.ts'
import { idOf, recorded } from './recorded.ts'

/**
 * Resources that govern networks, capacity, encryption and logs. One machine has none of these, so they are taken down
 * and no more: what they would forbid on AWS is not forbidden here.
 */
export const RECORDED: Readonly<Record<string, ResourceType>> = {
  ...CAPACITY,
  ...NETWORK,
  'AWS::CDK::Metadata': recorded({ properties: ['Analytics'] }),
  'AWS::CloudWatch::Dashboard': recorded({
    nameProperty: 'DashboardName',
    properties: ['DashboardBody'],
    made(name, { DashboardBody: body }) {
      // What CloudWatch refuses above all: a body that is no JSON.
      JSON.parse(String(body))
      return { ref: name, attributes: {} }
    },
  }),
  'AWS::KMS::Alias': recorded({ nameProperty: 'AliasName', properties: ['TargetKeyId'] }),
  'AWS::KMS::Key': recorded({
    properties: [
      'Description',
      'Enabled',
      'EnableKeyRotation',
      'KeyPolicy',
      'KeySpec',
      'KeyUsage',
      'PendingWindowInDays',
      'RotationPeriodInDays',
      'Tags',
    ],
    made(name) {
      const id = idOf('key', name)
      return { ref: id, attributes: { Arn: arnOf('kms', `key/${id}`), KeyId: id } }
    },
  }),
  'AWS::Logs::LogGroup': recorded({
    nameProperty: 'LogGroupName',
    properties: ['DataProtectionPolicy', 'KmsKeyId', 'LogGroupClass', 'RetentionInDays', 'Tags'],
    made: (name) => ({
      ref: name,
      attributes: { Arn: `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${name}:*` },
    }),
  }),
  'AWS::Logs::ResourcePolicy': recorded({
    nameProperty: 'PolicyName',
    properties: ['PolicyDocument'],
  }),
}
