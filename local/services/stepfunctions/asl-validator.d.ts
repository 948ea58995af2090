declare module 'asl-validator' {
  export default function validate(
    definition: unknown,
    options?: { checkPaths?: boolean; checkArn?: boolean },
  ): { readonly isValid: boolean; errorsText(separator?: string): string }
}
