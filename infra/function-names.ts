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
  'guard',
  'define',
] as const
export type FunctionName = (typeof FUNCTIONS)[number]

/** `fail-back` → `FailBack`: the function's id in the template, and with `Function` its place in the workflow. */
export function pascalCase(name: string): string {
  return name.replace(/(^|-)(\w)/g, (_, _dash, letter: string) => letter.toUpperCase())
}
