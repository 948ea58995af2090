import type { AddTagsInput, DescribeTagsInput } from '@aws-sdk/client-elastic-load-balancing-v2'
import { theListener, theLoadBalancer, theRule, theTargetGroup } from './lookup.ts'
import type { Elbv2State } from './state.ts'

const refuseUnknown = (state: Elbv2State, arn: string): void => {
  if (arn.includes(':listener-rule/')) theRule(state, arn)
  else if (arn.includes(':listener/')) theListener(state, arn)
  else if (arn.includes(':targetgroup/')) theTargetGroup(state, arn)
  else theLoadBalancer(state, arn)
}

export const addTags = (state: Elbv2State) => (input: AddTagsInput) => {
  const given = input.Tags ?? []
  for (const arn of input.ResourceArns ?? []) refuseUnknown(state, arn)
  for (const arn of input.ResourceArns ?? []) {
    const kept = (state.tags.get(arn) ?? []).filter(
      ({ Key }) => !given.some((tag) => tag.Key === Key),
    )
    state.tags.set(arn, [...kept, ...given])
  }
  return {}
}

export const describeTags = (state: Elbv2State) => (input: DescribeTagsInput) => ({
  TagDescriptions: (input.ResourceArns ?? []).map((ResourceArn) => {
    refuseUnknown(state, ResourceArn)
    return { ResourceArn, Tags: [...(state.tags.get(ResourceArn) ?? [])] }
  }),
})
