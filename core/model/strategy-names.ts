/** Apart from the strategies themselves: whoever only needs the names does not load what reads definitions. */
export const STRATEGY_NAMES = ['quick-sync', 'blue-green', 'canary', 'linear'] as const
export type StrategyName = (typeof STRATEGY_NAMES)[number]
