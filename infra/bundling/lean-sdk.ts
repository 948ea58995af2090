import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Plugin } from 'esbuild'
import { leanMembers } from './lean-members.ts'
import { HAS_STAND_IN, standInFor } from './never-run.ts'

const SCHEMAS = /@aws-sdk[\\/](client-[^\\/]+)[\\/]dist-es[\\/]schemas[\\/]schemas_0\.js$/

const LEAN_CLIENT = join(import.meta.dirname, 'stand-ins', 'lean-client.ts')

/** A client: its service's settings are beside it, and what it signs for is in `endpoint/EndpointParameters.js`. */
const CLIENT = /@aws-sdk[\\/]client-[^\\/]+[\\/]dist-es[\\/](\w+Client)\.js$/

/** Clients bundle their own, with every script and dependency, for the version in it. */
const PACKAGE = /node_modules[\\/].+[\\/]package\.json$/

/** `export var Change$ = [3, n0, _C, …];` over several lines. */
const SCHEMA = /^((?:export )?(?:var|const) \w+\$? = )(\[[^\n]*[^;\n]\n(?:(?!\];)[^\n]*\n)*\]);$/gm

/** `n0_registry.registerError(NoSuchThing$, NoSuchThing);`, on a line of its own. */
const REGISTRATION = /^n\d+_registry\.registerError\((\w+)\$, \w+\);\n/gm

/**
 * Lets esbuild drop what a function does not call from the SDK's clients; they are half as large without.
 *
 * - A schema's computed keys make esbuild keep it although nobody refers to it. Marked as pure it may go.
 * - A client registers a class for every error of its service, which keeps all of them. One that no adapter
 *   matches by name needs none: the SDK then throws the service's base error under the name of the wire.
 * - Modules that no function runs have stand-ins.
 * - Of a package.json that a package imports, its name and version are what is read.
 *
 * @param adapters the ones of the functions that are bundled.
 */
export function leanSdk(adapters: Adapters): Plugin {
  return {
    name: 'lean-sdk',
    setup(build) {
      build.onLoad({ filter: SCHEMAS }, ({ path }) => ({
        contents: leanClientSchemas(path, adapters),
        loader: 'js',
      }))
      build.onLoad({ filter: CLIENT }, ({ path }) => ({
        contents: leanClient(path),
        loader: 'js',
      }))
      build.onLoad({ filter: HAS_STAND_IN }, ({ path }) => {
        const contents = standInFor(path, readFileSync(path, 'utf8'))
        return contents === undefined ? undefined : { contents, loader: 'js' }
      })
      build.onLoad({ filter: PACKAGE }, ({ path }) => {
        const { name, version } = JSON.parse(readFileSync(path, 'utf8'))
        return { contents: JSON.stringify({ name, version }), loader: 'json' }
      })
    },
  }
}

/**
 * @param path of the client that the SDK has.
 * @throws an Error where the SDK does not say what the client signs for.
 */
function leanClient(path: string): string {
  const [, name] = CLIENT.exec(path) ?? []
  const parameters = readFileSync(join(dirname(path), 'endpoint', 'EndpointParameters.js'), 'utf8')
  const [, signingName] = /defaultSigningName: "([\w-]+)"/.exec(parameters) ?? []
  if (!signingName)
    throw new Error(`${path}: no defaultSigningName beside it; the SDK has another form now`)
  return `import { LeanClient } from ${JSON.stringify(LEAN_CLIENT)}
import { version } from '../package.json'
import { getRuntimeConfig } from './runtimeConfig.shared'
export const __Client = LeanClient
export class ${name} extends LeanClient {
  constructor(config = {}) {
    super(getRuntimeConfig(config), config, { signingName: '${signingName}', version })
  }
}`
}

export function leanSchemas(schemas: string, adapters: string): string {
  return schemas
    .replace(SCHEMA, (_, declaration, array) => `${declaration}/* @__PURE__ */ (() => ${array})();`)
    .replace(REGISTRATION, (line, name) => (adapters.includes(name) ? line : ''))
}

/** Of whose answers nothing is written back. */
const ONLY_READ = ['client-ecs', 'client-cloudwatch']

function leanClientSchemas(path: string, adapters: Adapters): string {
  const [, client = ''] = SCHEMAS.exec(path) ?? []
  const text = adapters.of(client)
  const schemas = readFileSync(path, 'utf8')
  return leanSchemas(ONLY_READ.includes(client) ? leanMembers(schemas, text) : schemas, text)
}

/** The adapters' source text, in which the names of matched errors and of read members stand. */
export interface Adapters {
  /** Of those that call a client, and of those that call none themselves. */
  of(client: string): string
}

export function adaptersIn(root: string): Adapters {
  const directory = join(root, 'adapters')
  const files = readdirSync(directory)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(directory, file), 'utf8'))
  return {
    of: (client) =>
      files.filter((text) => !CALLS.test(text) || text.includes(`'@aws-sdk/${client}'`)).join('\n'),
  }
}

const CALLS = /from '@aws-sdk\/client-/
