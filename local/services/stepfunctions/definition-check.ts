import validate from 'asl-validator'
import { AwsError } from '../../wire/service.ts'
import { type LocalDefinition, localDefinition } from './local-definition.ts'

/** The validator compiles its schemas at every call, and a process that makes many stages deploys the same workflow in each. */
let valid: { readonly text: string; readonly definition: LocalDefinition } | undefined

/** @throws {AwsError} InvalidDefinition that says what is wrong where. */
export function checkedDefinition(text: string): LocalDefinition {
  if (valid?.text !== text) valid = { text, definition: check(text) }
  return valid.definition
}

function check(text: string): LocalDefinition {
  const source = parse(text)
  const verdict = validate(source, {
    checkPaths: true,
    checkArn: false,
  })
  if (!verdict.isValid) {
    throw new AwsError(
      'InvalidDefinition',
      `Invalid State Machine Definition: ${verdict.errorsText('; ')}`,
    )
  }
  return localDefinition(source)
}

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
