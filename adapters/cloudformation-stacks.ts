import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import type { Stacks } from '../core/operator-ports.ts'
import { answered, isNamed } from './aws-errors.ts'

export function createCloudFormationStacks(cloudformation: CloudFormationClient): Stacks {
  return {
    async describe(stack) {
      try {
        const command = new DescribeStacksCommand({ StackName: stack })
        const { Stacks = [] } = await answered(
          'CloudFormation DescribeStacks',
          stack,
          cloudformation.send(command),
        )
        const [found] = Stacks
        // By its id a deleted stack is described for 90 days; after that it does not exist.
        return found && found.StackStatus !== 'DELETE_COMPLETE' ? 'standing' : 'gone'
      } catch (error) {
        // CloudFormation has no error of its own for a stack that is not there.
        const absent = isNamed(error, 'ValidationError') && /does not exist/.test(String(error))
        if (absent) return 'gone'
        throw error
      }
    },
  }
}
