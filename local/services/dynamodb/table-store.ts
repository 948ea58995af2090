import { createRequire } from 'node:module'
import validations from 'dynalite/validations/index.js'
import type { WireResponse } from '../../wire/service.ts'
import { createDynaliteStore } from './dynalite-store.ts'
import { json } from './json-answer.ts'
import { rememberExpressions } from './parsed-expressions.ts'

export type Item = Readonly<Record<string, unknown>>

export class DynamoDbError extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }

  override get name(): string {
    return this.code
  }
}

/** dynalite in memory: its validations and actions, without its HTTP server in front and LevelDB behind. */
export interface TableStore {
  /** One operation, answered as DynamoDB would answer its request. Takes from the input what it does not know. */
  pass(operation: string, input: object): Promise<WireResponse>
  /** @throws {DynamoDbError} */
  call<O extends object = Record<string, unknown>>(operation: string, input: object): Promise<O>
  /** An item as it stands, by a key that nobody has looked at yet: undefined also where no item can have it. */
  find(table: string, key: Item): Promise<Item | undefined>
  /** The same by a key that a request was granted with, so without the checks of a request. */
  read(table: string, key: Item): Promise<Item | undefined>
  /** Makes a table usable that was just created. */
  activate(table: string): Promise<void>
}

type Done = (error: (Error & Partial<Refusal>) | null, output: object) => void

interface Action {
  readonly perform: (store: object, input: object, done: Done) => void
  readonly types: Readonly<Record<string, unknown>>
  readonly custom: unknown
}

/** What dynalite throws and hands to callbacks where DynamoDB refuses. */
interface Refusal {
  readonly statusCode: number
  readonly body: { readonly __type: string; readonly message?: string; readonly Message?: string }
}

/** dynalite is CommonJS with a file for each operation; its index would bring the HTTP server. */
const require = createRequire(import.meta.url)
const actions = new Map<string, Action>()
rememberExpressions()

function actionOf(operation: string): Action {
  const known = actions.get(operation)
  if (known) return known
  const file = operation.charAt(0).toLowerCase() + operation.slice(1)
  const { types, custom } = require(`dynalite/validations/${file}`)
  const action = { perform: require(`dynalite/actions/${file}`), types, custom }
  actions.set(operation, action)
  return action
}

export function createTableStore(): TableStore {
  const store = createDynaliteStore()

  const perform = (action: Action, input: object): Promise<object> =>
    new Promise((resolve, reject) =>
      action.perform(store, input, (error, output) => (error ? reject(error) : resolve(output))),
    )
  /** @throws {Refusal} */
  const run = async (operation: string, input: object): Promise<object> => {
    const action = actionOf(operation)
    const checked = validations.checkTypes(input, action.types)
    validations.checkValidations(checked, action.types, action.custom, store)
    return perform(action, checked)
  }

  return {
    activate: store.activate,
    async pass(operation, input) {
      try {
        return json(200, await run(operation, input))
      } catch (error) {
        if (!isRefusal(error)) throw error
        return json(error.statusCode, error.body)
      }
    },
    async call<O extends object>(operation: string, input: object) {
      try {
        return (await run(operation, structuredClone(input))) as O
      } catch (error) {
        if (!isRefusal(error)) throw error
        const { __type: type, message, Message } = error.body
        const code = type.replace(/^.*#/, '')
        throw new DynamoDbError(code, message ?? Message ?? code)
      }
    },
    async find(table, Key) {
      const values = Object.values(Key)
      if (values.some((value) => typeof value !== 'object' || value === null)) return undefined
      try {
        const found = await run('GetItem', { TableName: table, Key })
        return (found as { readonly Item?: Item }).Item
      } catch (error) {
        // No item has such a key.
        if (isRefusal(error)) return undefined
        throw error
      }
    },
    async read(table, Key) {
      const found = await perform(actionOf('GetItem'), { TableName: table, Key })
      return (found as { readonly Item?: Item }).Item
    },
  }
}

const isRefusal = (error: unknown): error is Refusal =>
  error instanceof Error && 'statusCode' in error && 'body' in error
