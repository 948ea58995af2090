import validate from 'asl-validator'
import { AwsError } from '../../wire/service.ts'
import { type LocalDefinition, localDefinition } from './local-definition.ts'

/** The validator compiles its schemas at every call, and a process that makes many stages deploys the same workflow in each. */
const valid = new Map<string, LocalDefinition>()
/** Of those alike but for how long an execution may take, the validator is asked about one. */
const sound = new Set<string>()
const MOST_KEPT = 10

/** @throws {AwsError} InvalidDefinition that says what is wrong where. */
export function checkedDefinition(text: string): LocalDefinition {
  const known = valid.get(text) ?? check(text)
  if (valid.size >= MOST_KEPT) valid.clear()
  valid.set(text, known)
  return known
}

function check(text: string): LocalDefinition {
  const source = parse(text)
  const alike = JSON.stringify({ ...source, TimeoutSeconds: withinBounds(source.TimeoutSeconds) })
  if (!sound.has(alike)) {
    // The validator writes its defaults into what it is given.
    const verdict = validate(structuredClone(source), { checkPaths: true, checkArn: false })
    if (!verdict.isValid) {
      throw new AwsError(
        'InvalidDefinition',
        `Invalid State Machine Definition: ${verdict.errorsText('; ')}`,
      )
    }
    if (sound.size >= MOST_KEPT) sound.clear()
    sound.add(alike)
  }
  return localDefinition(source)
}

/** One number for all that the schema takes. */
const withinBounds = (seconds: unknown): unknown =>
  Number.isInteger(seconds) && Number(seconds) >= 0 ? 0 : seconds

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new AwsError(
      'InvalidDefinition',
      `Invalid State Machine Definition: not JSON: ${(error as Error).message}`,
    )
  }
}
