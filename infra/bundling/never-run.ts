/** A module of a dependency that no function runs, or runs only a part of, and what the bundles have in its place. */
export interface StandIn {
  /** Where the module is, below `node_modules`; `*` stands for any one folder's name. */
  readonly module: string
  /** Its exports, as far as anything that runs uses them. The others are there and undefined. */
  readonly instead: string
}

/** What `lean-client.ts` does without: it knows how commands are sent, and by which signature. */
const SETTLED: readonly StandIn[] = [
  {
    module: '@smithy/core/dist-es/submodules/client/smithy-client/client-command-builder.js',
    instead: `export const makeBuilder = () => (added, plugins, name, schema) =>
  class {
    schema = schema
    plugins = plugins
    constructor(input = {}) {
      this.input = input
    }
  }`,
  },
  { module: '@aws-sdk/*/dist-es/auth/httpAuthSchemeProvider.js', instead: '' },
  {
    module:
      '@smithy/core/dist-es/submodules/endpoints/middleware-endpoint/adaptors/getEndpointFromInstructions.js',
    instead: 'export const bindGetEndpointFromInstructions = () => undefined',
  },
  {
    module: '@smithy/core/dist-es/submodules/endpoints/middleware-endpoint/endpointMiddleware.js',
    instead: 'export const bindEndpointMiddleware = () => undefined',
  },
  {
    module: '@smithy/core/dist-es/submodules/endpoints/middleware-endpoint/getEndpointPlugin.js',
    instead: 'export const bindGetEndpointPlugin = () => undefined',
  },
  {
    module:
      '@smithy/core/dist-es/submodules/endpoints/middleware-endpoint/resolveEndpointConfig.js',
    instead: 'export const bindResolveEndpointConfig = () => undefined',
  },
  {
    module: '@aws-sdk/core/dist-es/submodules/httpAuthSchemes/aws_sdk/resolveAwsSdkSigV4Config.js',
    instead: 'export const bindResolveAwsSdkSigV4Config = () => undefined',
  },
  {
    module: '@aws-sdk/core/dist-es/submodules/httpAuthSchemes/aws_sdk/AwsSdkSigV4ASigner.js',
    instead: 'export class AwsSdkSigV4ASigner {}',
  },
]

/** What would be looked for in files of profiles, and signatures that no endpoint of ours asks for. */
const NOT_ASKED_FOR: readonly StandIn[] = [
  {
    module: '@aws-sdk/core/dist-es/submodules/httpAuthSchemes/aws_sdk/clock-skew-defaults.js',
    instead: 'export const DEFAULT_DISABLE_CLOCK_SKEW_CORRECTION = false',
  },
  {
    module: '@aws-sdk/signature-v4-multi-region/dist-es/SignatureV4MultiRegion.js',
    instead: '',
  },
  {
    module:
      '@smithy/core/dist-es/submodules/endpoints/middleware-endpoint/adaptors/getEndpointFromConfig.js',
    instead: '',
  },
  {
    module: '@smithy/core/dist-es/submodules/config/node-config-provider/fromSharedConfigFiles.js',
    instead: '',
  },
]

/** What there is for machines without Node's own cryptography. */
const ELSEWHERE: readonly StandIn[] = [
  {
    module: '@smithy/core/dist-es/submodules/checksum/sha256/Sha256Js.js',
    instead: 'export const Sha256Js = undefined',
  },
]

/** What no operation that an adapter calls needs: streams. */
const OTHER_OPERATIONS: readonly StandIn[] = [
  {
    module: '@smithy/core/dist-es/submodules/serde/util-stream/sdk-stream-mixin.js',
    instead: `export const sdkStreamMixin = () => {
  throw new Error('streams are not in this bundle; infra/bundling/never-run.ts says why')
}`,
  },
  {
    module: '@smithy/signature-v4/dist-es/HeaderFormatter.js',
    instead: 'export class HeaderFormatter {}',
  },
]

export const NEVER_RUN: readonly StandIn[] = [
  ...SETTLED,
  ...NOT_ASKED_FOR,
  ...ELSEWHERE,
  ...OTHER_OPERATIONS,
]

const EXPORT = /^export (?:async )?(?:class|const|function|let|var) (\w+\$?)/gm

/**
 * What stands in for a module.
 * @param original its source text.
 */
export function standInFor(path: string, original: string): string | undefined {
  const standIn = NEVER_RUN.find(({ module }) => patternOf(module).test(path))
  if (!standIn) return undefined
  const has = exportsOf(standIn.instead)
  const missing = exportsOf(original).filter((name) => !has.includes(name))
  return [standIn.instead, ...missing.map((name) => `export const ${name} = undefined`)].join('\n')
}

function exportsOf(module: string): readonly string[] {
  return [...module.matchAll(EXPORT)].map(([, name = '']) => name)
}

/** Of all paths that have a stand-in, and few others. */
export const HAS_STAND_IN = new RegExp(
  NEVER_RUN.map(({ module }) => patternOf(module).source).join('|'),
)

function patternOf(module: string): RegExp {
  const parts = module
    .split('/')
    .map((part) => part.replaceAll('.', '\\.').replace('*', '[^\\\\/]+'))
  return new RegExp(`node_modules[\\\\/]${parts.join('[\\\\/]')}$`)
}
