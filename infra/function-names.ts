export { FUNCTIONS, type FunctionName } from '../core/model/function-names.ts'

/** `fail-back` → `FailBack`: the function's id in the template, and with `Function` its place in the workflow. */
export function pascalCase(name: string): string {
  return name.replace(/(^|-)(\w)/g, (_, _dash, letter: string) => letter.toUpperCase())
}
