/** CloudWatch's points are a second long here, and there as soon as it is over. */
const EVERY_SECOND = { period: '1s', delay: '0s' }

export const ALIVE = [{ type: 'ecs' }, { type: 'targets' }] as const
export const ERRORS = { type: 'compare', name: 'errors', ...EVERY_SECOND } as const
