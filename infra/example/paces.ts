/**
 * `minutes` is for AWS; `seconds` is the same environment on one machine, where nobody waits for an afternoon.
 * Apart from what they stand for, since reading the names should not load CDK.
 */
export const PACES = ['minutes', 'seconds'] as const
export type Pace = (typeof PACES)[number]
