/** What Lambda has around a function's code, and what is elsewhere here than on AWS. */
import { existsSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import { createRequire, registerHooks, syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { RESPONSE_HOST_PREFIX } from '../../wire/response-host.ts'

/** What Lambda's Node runtime brings along. */
const BROUGHT_ALONG = /^@(aws-sdk|smithy)\//

/**
 * Lets code that lies anywhere find the AWS SDK, and takes its `.js` files for CommonJS as Lambda does where no
 * package.json says otherwise: one further up the tree of folders is none of the asset's.
 */
export function furnish(assetPath: string): void {
  const own = pathToFileURL(join(assetPath, '/')).href
  const saysModule = existsSync(join(assetPath, 'package.json'))
  registerHooks({
    resolve(specifier, context, next) {
      const look = () => next(specifier, context)
      // The second look is for its error.
      return found(look) ?? broughtAlong(specifier, context.conditions) ?? look()
    },
    load(url, context, next) {
      const isScript = url.startsWith(own) && url.endsWith('.js') && !saysModule
      return next(url, isScript ? { ...context, format: 'commonjs' } : context)
    },
  })
}

type Resolved = ReturnType<NonNullable<Parameters<typeof registerHooks>[0]['resolve']>>

/** Undefined where there is no such module. */
function found(resolve: () => Resolved): Resolved | undefined {
  try {
    return resolve()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code?.endsWith('MODULE_NOT_FOUND')) return undefined
    throw error
  }
}

/** `require` looks from the module that asks, whatever it is told, so the place is looked up here. */
function broughtAlong(specifier: string, conditions: readonly string[]): Resolved | undefined {
  if (!BROUGHT_ALONG.test(specifier)) return undefined
  const url = conditions.includes('require')
    ? pathToFileURL(createRequire(import.meta.url).resolve(specifier)).href
    : import.meta.resolve(specifier)
  return { url, shortCircuit: true }
}

/** Leads what a custom resource answers to CloudFormation to local AWS: its URL is none that a client is configured with. */
export function leadResponsesTo(endpoint: string): void {
  const { hostname, port } = new URL(endpoint)
  const beyond = https.request
  const request = (...given: unknown[]): http.ClientRequest => {
    const [options] = given
    const host = typeof options === 'string' ? new URL(options).hostname : hostOf(options)
    if (!host.startsWith(RESPONSE_HOST_PREFIX)) {
      return (beyond as (...all: unknown[]) => http.ClientRequest)(...given)
    }
    const { path, method, headers } = options as http.RequestOptions
    const listener = given.at(-1) as (response: http.IncomingMessage) => void
    return http.request({ hostname, port, path, method, headers: { ...headers, host } }, listener)
  }
  https.request = request as typeof https.request
  syncBuiltinESMExports()
}

const hostOf = (options: unknown): string => {
  const { hostname, host } = options as http.RequestOptions
  return hostname ?? host ?? ''
}

/** The module that a handler is in, whatever kind of module it is. */
export async function loadModule(assetPath: string, file: string): Promise<object> {
  const module = join(assetPath, `${file}.mjs`)
  if (existsSync(module)) return (await import(pathToFileURL(module).href)) as object
  const script = ['.js', '.cjs'].map((end) => join(assetPath, file + end)).find(existsSync)
  return createRequire(import.meta.url)(script ?? module) as object
}
