import { Duration } from 'aws-cdk-lib'
import * as scaling from 'aws-cdk-lib/aws-applicationautoscaling'
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import { ApplicationScalingAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import type { BaseService } from 'aws-cdk-lib/aws-ecs'
import type { ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import type { Construct } from 'constructs'
import { parseDuration } from '../../core/model/duration.ts'
import type { Durations } from './durations.ts'

/** Requests a minute that one task is to have. */
const REQUESTS = 600
/** Below this many a slot has more tasks than it needs: half, so that one task less is not one too few. */
const FEW_REQUESTS = REQUESTS / 2
const PERIOD = Duration.minutes(5)
/** The longest that an alarm of such periods may look back. */
const LONGEST = Duration.days(1)

/**
 * How long few requests have to last before a slot is made smaller: longer than a rollout. A live slot that gives its
 * traffic away step by step looks idle, and has to stand ready all the same: a fail back sends everything back to it.
 */
export function scaleInAfter({
  plan,
  maxExtension,
}: Pick<Durations, 'plan' | 'maxExtension'>): Duration {
  const extension = secondsOf(maxExtension)
  const longest = plan.reduce((sum, { bake }) => sum + secondsOf(bake) + extension, 0)
  const periods = Math.ceil(longest / PERIOD.toSeconds()) + 1
  return Duration.seconds(Math.min(periods * PERIOD.toSeconds(), LONGEST.toSeconds()))
}

function secondsOf(text: string): number {
  const seconds = parseDuration(text)
  if (seconds === undefined) throw new TypeError(`"${text}" is no duration; use one such as 5m`)
  return seconds
}

/**
 * Autoscaling that leaves a canary in peace.
 * - More tasks come at once when requests per task rise: a slot that gets its next share grows by itself.
 * - Fewer come by an alarm of its own, after few requests for longer than a rollout lasts. AWS's target tracking would
 *   shrink the live slot in the middle of it.
 * - A slot without any traffic has no data, and is left as it is. So what Sluice sets before a step (`capacity: scale`)
 *   stays until the traffic arrives, and nothing takes it back in between.
 */
export function scaleWithRequests(
  scope: Construct,
  service: BaseService,
  given: {
    readonly targetGroup: ApplicationTargetGroup
    readonly tasks: { readonly min: number; readonly max: number }
    readonly scaleInAfter: Duration
  },
): void {
  const { targetGroup, tasks, scaleInAfter } = given
  const target = service.autoScaleTaskCount({ minCapacity: tasks.min, maxCapacity: tasks.max })
  target.scaleOnRequestCount('MoreTasks', {
    targetGroup,
    requestsPerTarget: REQUESTS,
    disableScaleIn: true,
    scaleOutCooldown: Duration.minutes(1),
  })
  const fewer = new scaling.StepScalingAction(scope, 'FewerTasks', {
    scalingTarget: target,
    adjustmentType: scaling.AdjustmentType.CHANGE_IN_CAPACITY,
    cooldown: Duration.minutes(5),
  })
  fewer.addAdjustment({ adjustment: -1, upperBound: 0 })
  const few = new Alarm(scope, 'FewRequests', {
    alarmDescription: 'Few requests per task, for longer than a rollout lasts: one task less',
    metric: targetGroup.metrics.requestCountPerTarget({ period: PERIOD, statistic: 'Sum' }),
    threshold: FEW_REQUESTS * PERIOD.toMinutes(),
    comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
    evaluationPeriods: scaleInAfter.toMinutes() / PERIOD.toMinutes(),
    treatMissingData: TreatMissingData.NOT_BREACHING,
  })
  few.addAlarmAction(new ApplicationScalingAction(fewer))
}
