import { ACCOUNT } from '../account.ts'
import type { LocalAws } from '../aws.ts'

/**
 * The role by which the controller's functions reach what this demonstration made by hand. A `Canary` construct makes
 * a narrower one, out of the definition.
 * @returns its ARN.
 */
export function createCanaryRole({ iam }: LocalAws, canary: string): string {
  return iam.state.putRole({
    name: `canary-${canary}`,
    path: '/sluice/canary/',
    trust: {
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
          Action: ['sts:AssumeRole', 'sts:TagSession'],
        },
      ],
    },
    inline: {
      canary: {
        Statement: [
          {
            Effect: 'Allow',
            Action: ['ecs:*', 'elasticloadbalancing:*', 'route53:*', 'cloudwatch:*'],
            Resource: '*',
          },
        ],
      },
    },
  }).arn
}
