import { arnOf } from '../../account.ts'
import { type Authorization, on, onAll } from '../../wire/authorization.ts'

interface OfFunction {
  readonly FunctionName?: string
}

const onFunction =
  (action: string) =>
  ({ FunctionName: nameOrArn = '' }: OfFunction) => {
    const name = nameOrArn
      .replace(/:\$LATEST$/, '')
      .split(':')
      .at(-1)
    return on(`lambda:${action}`, arnOf('lambda', `function:${name}`))
  }

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html */
export const authorization: Authorization = {
  Invoke: onFunction('InvokeFunction'),
  GetFunction: onFunction('GetFunction'),
  GetFunctionConfiguration: onFunction('GetFunctionConfiguration'),
  ListFunctions: () => onAll('lambda:ListFunctions'),
  ListEventSourceMappings: () => onAll('lambda:ListEventSourceMappings'),
  AddPermission: onFunction('AddPermission'),
  RemovePermission: onFunction('RemovePermission'),
  GetPolicy: onFunction('GetPolicy'),
}
