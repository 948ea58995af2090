import { arnOf } from '../../account.ts'
import { on, onAll, type Requirement } from '../../wire/authorization.ts'
import type { WireRequest } from '../../wire/service.ts'
import { inputIn } from './request-body.ts'

interface Input {
  readonly TableName?: string
  readonly IndexName?: string
  readonly ResourceArn?: string
  readonly RequestItems?: Readonly<Record<string, unknown>>
}

const table = (nameOrArn: string): string =>
  arnOf('dynamodb', `table/${nameOrArn.split('/').at(-1)}`)

const onTable = ({ TableName: name = '', IndexName: index }: Input): readonly string[] => [
  index === undefined ? table(name) : `${table(name)}/index/${index}`,
]

const onTables = ({ RequestItems: items = {} }: Input): readonly string[] =>
  Object.keys(items).map(table)

const onResource = ({ ResourceArn: arn = '' }: Input): readonly string[] => [arn]

const RESOURCES: Readonly<Record<string, (input: Input) => readonly string[]>> = {
  ...Object.fromEntries(
    `GetItem PutItem UpdateItem DeleteItem Query Scan CreateTable DeleteTable DescribeTable UpdateTimeToLive
     DescribeTimeToLive UpdateContinuousBackups DescribeContinuousBackups`
      .split(/\s+/)
      .map((operation) => [operation, onTable]),
  ),
  BatchGetItem: onTables,
  BatchWriteItem: onTables,
  TagResource: onResource,
  UntagResource: onResource,
  ListTagsOfResource: onResource,
}

/**
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
 * @throws {Error} for an operation of which nobody said it.
 */
export function requirements(request: WireRequest): readonly Requirement[] {
  const operation = (request.headers['x-amz-target'] ?? '').split('.')[1] ?? ''
  if (operation === 'ListTables') return onAll('dynamodb:ListTables')
  const resources = RESOURCES[operation]
  if (!resources) throw new Error(`nobody said which permissions dynamodb:${operation} needs`)
  return on(`dynamodb:${operation}`, resources(inputIn(request.body)))
}
