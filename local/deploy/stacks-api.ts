import * as schemas from '@aws-sdk/client-cloudformation'
import { arnOf } from '../account.ts'
import { on } from '../wire/authorization.ts'
import { AwsError, type Service } from '../wire/service.ts'
import { stackId } from './intrinsics.ts'
import type { Stack, Stacks } from './stack.ts'

/** What CloudFormation's API tells of the stacks; they are deployed by `deploy`, and not through it. */
export function createStacksApi(stacks: Stacks): Service {
  return {
    name: 'cloudformation',
    schemas,
    authorization: {
      DescribeStacks: ({ StackName: name }: schemas.DescribeStacksCommandInput) =>
        on('cloudformation:DescribeStacks', arnOf('cloudformation', `stack/${nameOf(name)}/*`)),
    },
    supports: { DescribeStacks: ['StackName'] },
    operations: {
      DescribeStacks: ({ StackName: asked }: schemas.DescribeStacksCommandInput) => ({
        Stacks:
          asked === undefined
            ? stacks.all().map((stack) => shown(stack, 'CREATE_COMPLETE'))
            : [describe(stacks, asked)],
      }),
    },
  }
}

/** By its name a stack that stands; by its id also one that is deleted, which is remembered. */
function describe(stacks: Stacks, asked: string): schemas.Stack {
  const name = nameOf(asked)
  const byId = asked.startsWith('arn:')
  const standing = stacks.get(name)
  if (standing && (!byId || asked === stackId(name))) return shown(standing, 'CREATE_COMPLETE')
  const deleted = byId && asked === stackId(name) ? stacks.deleted(name) : undefined
  if (deleted) return shown(deleted, 'DELETE_COMPLETE')
  throw new AwsError('ValidationError', `Stack with id ${asked} does not exist`)
}

function shown(
  { name, outputs }: Stack,
  status: 'CREATE_COMPLETE' | 'DELETE_COMPLETE',
): schemas.Stack {
  return {
    StackId: stackId(name),
    StackName: name,
    // It is not kept when a stack was made here.
    CreationTime: new Date(0),
    StackStatus: status,
    Outputs: Object.entries(outputs).map(([OutputKey, value]) => ({
      OutputKey,
      OutputValue: String(value),
    })),
  }
}

/** `Shop` of `Shop`, and of `arn:…:stack/Shop/ID`. */
function nameOf(given: string | undefined): string {
  return given?.startsWith('arn:') ? (given.split('/')[1] ?? '') : (given ?? '*')
}
