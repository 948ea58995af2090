declare module 'dynalite/validations/index.js' {
  type Types = Readonly<Record<string, unknown>>

  const validations: {
    /** @throws with a `statusCode` and a `body`. */
    checkTypes(data: object, types: Types): object
    /** @throws with a `statusCode` and a `body`. */
    checkValidations(data: object, types: Types, custom: unknown, store: object): void
  }
  export default validations
}
