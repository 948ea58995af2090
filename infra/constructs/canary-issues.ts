import type { Stack } from 'aws-cdk-lib'
import type { IConstruct } from 'constructs'
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
  const issues = reading.kind === 'sound' ? [] : reading.issues
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
