import {
  DescribeTargetHealthCommand,
  type ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { DefinitionError } from '../core/errors.ts'
import type { TargetGroups, TargetState } from '../core/ports.ts'
import { answered, isNamed } from './aws-errors.ts'

const STATES: readonly string[] = [
  'initial',
  'healthy',
  'unhealthy',
  'unhealthy.draining',
  'unused',
  'draining',
  'unavailable',
] satisfies TargetState[]

export function createAlbTargetGroups(elbv2: ElasticLoadBalancingV2Client): TargetGroups {
  return {
    async health(targetGroupArn) {
      const command = new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn })
      const answer = await answered(
        'ELBv2 DescribeTargetHealth',
        targetGroupArn,
        elbv2.send(command),
      ).catch((error: unknown) => {
        if (!isNamed(error, 'TargetGroupNotFoundException', 'TargetGroupNotFound')) throw error
        throw new DefinitionError(
          `target group ${targetGroupArn} does not exist; correct slots.*.targetGroup in the definition`,
          { cause: error },
        )
      })
      return (answer.TargetHealthDescriptions ?? []).map(({ Target, TargetHealth }) => ({
        target: `${Target?.Id}:${Target?.Port}`,
        state: stateOf(TargetHealth?.State),
      }))
    },
  }
}

/** A state that AWS may add some day is not one that anybody may take for healthy. */
function stateOf(state: string | undefined): TargetState {
  return isTargetState(state) ? state : 'unavailable'
}

function isTargetState(state: string | undefined): state is TargetState {
  return state !== undefined && STATES.includes(state)
}
