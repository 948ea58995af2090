import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DeployError, type Template } from './template.ts'

const SUFFIX = '.template.json'

/** The stack of a folder that holds one template. @throws {DeployError} where there are more, or none. */
export function onlyStack(folder: string): string {
  const found = stacksIn(folder)
  const [only] = found
  if (only && found.length === 1) return only
  throw new DeployError(
    `${folder} has ${found.length} templates${only ? ` (${found.join(', ')}): name the stack` : ': run npm run synth'}`,
  )
}

/** @throws {DeployError} */
export function readTemplate(folder: string, stackName: string): Template {
  if (!stacksIn(folder).includes(stackName)) {
    throw new DeployError(`${folder} has no ${stackName}${SUFFIX}: run npm run synth`)
  }
  return JSON.parse(readFileSync(join(folder, `${stackName}${SUFFIX}`), 'utf8'))
}

/** The stacks of a folder, each after those that its manifest says it depends on. @throws {DeployError} */
export function stacksInOrder(folder: string): readonly string[] {
  const found = stacksIn(folder)
  const artifacts = manifestOf(folder)
  const ordered: string[] = []
  const visit = (stack: string): void => {
    if (ordered.includes(stack)) return
    for (const other of artifacts[stack]?.dependencies ?? []) {
      if (found.includes(other)) visit(other)
    }
    ordered.push(stack)
  }
  // CDK refuses stacks that depend on each other in a circle.
  for (const stack of found) visit(stack)
  return ordered
}

interface Manifest {
  readonly artifacts?: Readonly<Record<string, { readonly dependencies?: readonly string[] }>>
}

function manifestOf(folder: string): NonNullable<Manifest['artifacts']> {
  const file = join(folder, 'manifest.json')
  if (!existsSync(file)) return {}
  return (JSON.parse(readFileSync(file, 'utf8')) as Manifest).artifacts ?? {}
}

function stacksIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(SUFFIX))
      .map((name) => name.slice(0, -SUFFIX.length))
  } catch (error) {
    throw new DeployError(`${folder} cannot be read: run npm run synth`, { cause: error })
  }
}
