import { ACCOUNT, arnOf, REGION } from '../../account.ts'
import type { CreatedResource } from '../intrinsics.ts'

type Taken = (name: string) => CreatedResource

const withArn =
  (arn: (name: string) => string): Taken =>
  (name) => ({ ref: name, attributes: { Arn: arn(name) } })

/**
 * Resources that govern encryption and logs. One machine has none of these, so they are taken down and no more: what
 * they would forbid on AWS is not forbidden here.
 */
export const RECORDED: Readonly<Record<string, Taken>> = {
  'AWS::CDK::Metadata': (name) => ({ ref: name, attributes: {} }),
  'AWS::KMS::Alias': (name) => ({ ref: name, attributes: {} }),
  'AWS::KMS::Key': (name) => ({
    ref: name,
    attributes: { Arn: arnOf('kms', `key/${name}`), KeyId: name },
  }),
  'AWS::Logs::LogGroup': withArn((name) => `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${name}:*`),
  'AWS::Logs::ResourcePolicy': (name) => ({ ref: name, attributes: {} }),
}
