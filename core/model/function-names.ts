/** The folders of `functions/`, and so the names of the Lambda functions. */
export const FUNCTIONS = [
  'trigger',
  'retrigger',
  'prepare',
  'ready',
  'shift',
  'verify',
  'bake',
  'assess',
  'promote',
  'fail-back',
  'scale-down',
  'signal',
  'approve',
  'guard',
  'define',
] as const
export type FunctionName = (typeof FUNCTIONS)[number]
