import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'esbuild'

const SCHEMAS = /@aws-sdk[\\/]client-[^\\/]+[\\/]dist-es[\\/]schemas[\\/]schemas_0\.js$/

/** Clients and the X-Ray SDK bundle their own, with every script and dependency, for the version in it. */
const PACKAGE = /node_modules[\\/].+[\\/]package\.json$/

/** What the X-Ray SDK copies of calls of the AWS SDK's version 2, which nobody here makes. */
const CAPTURED = /aws-xray-sdk-core[\\/].+[\\/]aws_whitelist\.json$/

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
 * - The X-Ray SDK's list of what to copy of captured calls is empty: none is captured.
 * - Of a package.json that a package imports, its name and version are what is read.
 *
 * @param adapters their source text, in which the names of matched errors stand.
 */
export function leanSdk(adapters: string): Plugin {
  return {
    name: 'lean-sdk',
    setup(build) {
      build.onLoad({ filter: SCHEMAS }, ({ path }) => ({
        contents: leanSchemas(readFileSync(path, 'utf8'), adapters),
        loader: 'js',
      }))
      build.onLoad({ filter: CAPTURED }, () => ({ contents: '{"services":{}}', loader: 'json' }))
      build.onLoad({ filter: PACKAGE }, ({ path }) => {
        const { name, version } = JSON.parse(readFileSync(path, 'utf8'))
        return { contents: JSON.stringify({ name, version }), loader: 'json' }
      })
    },
  }
}

export function leanSchemas(schemas: string, adapters: string): string {
  return schemas
    .replace(SCHEMA, (_, declaration, array) => `${declaration}/* @__PURE__ */ (() => ${array})();`)
    .replace(REGISTRATION, (line, name) => (adapters.includes(name) ? line : ''))
}

export function adaptersText(root: string): string {
  const directory = join(root, 'adapters')
  const files = readdirSync(directory).filter((file) => file.endsWith('.ts'))
  return files.map((file) => readFileSync(join(directory, file), 'utf8')).join('\n')
}
