import { ACCOUNT, arnOf, REGION } from '../../account.ts'
import type { CreatedResource } from '../intrinsics.ts'
import type { ResourceType } from './resource-type.ts'

/** @param nameProperty gives the resource its name, and another one where it changes. */
const recorded = (
  made: (name: string) => CreatedResource,
  nameProperty?: string,
): ResourceType => ({
  isRecorded: true,
  create: ({ properties, defaultName }) =>
    made((nameProperty && properties.optional<string>(nameProperty)) || defaultName),
  update: ({ before }) => before.made,
  ...(nameProperty ? { replacedBy: [nameProperty] } : {}),
  delete: () => undefined,
})

const named = (name: string): CreatedResource => ({ ref: name, attributes: {} })

const withArn =
  (arn: (name: string) => string) =>
  (name: string): CreatedResource => ({ ref: name, attributes: { Arn: arn(name) } })

/**
 * Resources that govern encryption and logs. One machine has none of these, so they are taken down and no more: what
 * they would forbid on AWS is not forbidden here.
 */
export const RECORDED: Readonly<Record<string, ResourceType>> = {
  'AWS::CDK::Metadata': recorded(named),
  'AWS::KMS::Alias': recorded(named),
  'AWS::KMS::Key': recorded((name) => ({
    ref: name,
    attributes: { Arn: arnOf('kms', `key/${name}`), KeyId: name },
  })),
  'AWS::Logs::LogGroup': recorded(
    withArn((name) => `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${name}:*`),
    'LogGroupName',
  ),
  'AWS::Logs::ResourcePolicy': recorded(named),
}
