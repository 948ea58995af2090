/** What a stack tells of itself, as the CloudFormation console shows it. */
export type Outputs = Readonly<Record<string, unknown>>

/** @returns a reader of outputs that must be there. */
export function outputsOf(stack: string, outputs: Outputs): (name: string) => string {
  return (name) => {
    const value = outputs[name]
    if (typeof value === 'string' && value !== '') return value
    throw new Error(
      `the stack ${stack} has no output ${name}, only ${Object.keys(outputs).join(', ')}`,
    )
  }
}
