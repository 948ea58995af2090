import type { Stack } from 'aws-cdk-lib'
import type { IConstruct } from 'constructs'
import { canaryStatements } from '../../core/model/canary-grants.ts'
import { type Definition, readDefinition } from '../../core/model/definition.ts'
import { type StoodIn, standIn } from './stand-ins.ts'

/** A canary that cannot be what its props say. Its message has the construct's path and, line by line, all that is wrong. */
export class CanaryPropsError extends Error {
  override readonly name = 'CanaryPropsError'
  declare readonly issues: readonly string[]

  constructor(canary: IConstruct, issues: readonly string[]) {
    super(`broken canary ${canary.node.path}:${issues.map((issue) => `\n  ${issue}`).join('')}`)
    // Node.js prints what an error has beside its message, and the message has them already.
    Object.defineProperty(this, 'issues', { value: issues, enumerable: false })
  }
}

/** A definition at synth: parsed with stand-ins for what is not known yet, and the way back. */
export type SynthReading =
  | { readonly kind: 'sound'; readonly definition: Definition; readonly stoodIn: StoodIn }
  | { readonly kind: 'broken'; readonly issues: readonly string[] }

/** Reads a definition with the schema that it is read with when it is written and when it is used. */
export function readAtSynth(stack: Stack, input: unknown): SynthReading {
  const stoodIn = standIn(stack, input)
  const unknown = [...stoodIn.unknown.values()]
  const reading = readDefinition(stoodIn.value)
  if (reading.kind === 'sound' && unknown.length === 0) return { ...reading, stoodIn }
  const issues = reading.kind === 'sound' ? [] : reading.issues.map(({ text }) => text)
  const others = issues.filter((issue) => !isAbout(issue, [...stoodIn.unknown.keys()]))
  return {
    kind: 'broken',
    issues: [...unknown, ...others.map(stoodIn.tell)].map(asProps),
  }
}

/** What is absent only because it has no stand-in is told as that, and not also as missing. */
function isAbout(issue: string, paths: readonly string[]): boolean {
  return paths.some((path) => issue.startsWith(`${path}:`) || issue.startsWith(`${path} (`))
}

/** The construct's props are named like the definition's fields, but for these. */
function asProps(issue: string): string {
  return issue.replace(/^slots\./, '').replace(/^canary\b/, 'name')
}

/** Characters of all inline policies of a role, white space left out. */
const LARGEST_POLICY = 10_240
/** As long as places get. */
const SOMEWHERE = { partition: 'aws', region: 'ap-southeast-2', account: '000000000000' }

/**
 * Why IAM would refuse the role, after all the rest had been deployed: grants name each function that is asked.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export function roleIssues(definition: Definition): readonly string[] {
  const size = JSON.stringify(canaryStatements({ ...SOMEWHERE, definition })).length
  if (size <= LARGEST_POLICY) return []
  return [
    `checks, hooks (${size} characters of grants): their functions do not fit into the ${LARGEST_POLICY} that IAM takes of a role; ask fewer, or one that asks the others`,
  ]
}
