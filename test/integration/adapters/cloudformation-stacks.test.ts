import { CloudFormationClient } from '@aws-sdk/client-cloudformation'
import { afterEach, expect, it } from 'vitest'
import { createCloudFormationStacks } from '../../../adapters/cloudformation-stacks.ts'
import { ownerText, parseOwner, stackName } from '../../../core/model/owner.ts'
import { createLocalAws } from '../../../local/aws.ts'
import { clientConfig } from '../../fixtures/client-config.ts'
import { removeStackFolders, stackFolder } from '../local/stack-folder.ts'

afterEach(removeStackFolders)

const TOPIC = {
  Type: 'AWS::SNS::Topic',
  Properties: { TopicName: 'news' },
}

it('a stack stands until it is removed, and by its id it is gone then, as one that never was', async () => {
  const aws = createLocalAws()
  const stacks = createCloudFormationStacks(
    new CloudFormationClient(clientConfig(aws.requestHandler)),
  )
  const id = 'arn:aws:cloudformation:us-east-1:123456789012:stack/Shop/local'
  expect(await stacks.describe(id)).toBe('gone')

  await aws.deploy(stackFolder({ Shop: { Resources: { News: TOPIC } } }))
  expect(await stacks.describe(id)).toBe('standing')
  // Made anew it is another one.
  expect(await stacks.describe(`${id}-before`)).toBe('gone')

  await aws.removeStack('Shop')
  expect(await stacks.describe(id)).toBe('gone')
  await aws.close()
})

it('an owner is told as its stack and its name there, and anything else is none', () => {
  const owner = { stack: 'arn:aws:cloudformation:eu-west-1:1:stack/Shop/77-aa', logicalId: 'Web' }
  expect(parseOwner(ownerText(owner))).toEqual(owner)
  expect(stackName(owner.stack)).toBe('Shop')
  expect(parseOwner('somebody')).toBeUndefined()
  expect(parseOwner(owner.stack)).toBeUndefined()
})
