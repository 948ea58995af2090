/** Whose a definition is: a resource of a stack of CloudFormation. */
export interface Owner {
  /** The stack's ARN, with its id: a stack that is made anew has another one. */
  readonly stack: string
  readonly logicalId: string
}

/** As the record has it: `arn:…:stack/NAME/ID/LOGICAL-ID`. */
export function ownerText({ stack, logicalId }: Owner): string {
  return `${stack}/${logicalId}`
}

/** `undefined` for a text that is no owner: only a stack can tell whether it is still there. */
export function parseOwner(text: string): Owner | undefined {
  const [, stack, logicalId] = /^(arn:[^/]+:stack\/[^/]+\/[^/]+)\/([^/]+)$/.exec(text) ?? []
  return stack && logicalId ? { stack, logicalId } : undefined
}

/** `Shop` of `arn:…:stack/Shop/ID`. */
export function stackName(stack: string): string {
  return stack.split('/')[1] ?? stack
}
