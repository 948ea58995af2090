/** `app/name/id` of a load balancer's ARN. */
export const loadBalancerDimension = (arn: string) => arn.slice(arn.indexOf('app/'))
/** `targetgroup/name/id` of a target group's ARN. */
export const targetGroupDimension = (arn: string) => arn.slice(arn.indexOf('targetgroup/'))
