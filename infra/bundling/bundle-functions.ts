import { mkdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { type BuildOptions, build, type Metafile, type OutputFile } from 'esbuild'
import { FUNCTIONS, type FunctionName } from '../function-names.ts'
import { adaptersIn, leanSdk } from './lean-sdk.ts'

/** A function's code, ready to be deployed: `index.mjs`, what it loads on demand, and their source maps. */
export interface FunctionBundle {
  readonly name: FunctionName
  /** Holds the files and nothing else. */
  readonly directory: string
  /** Bytes that every start of the function parses. */
  readonly startBytes: number
  /** Bytes of the rest: what the first traced invocation loads. */
  readonly onDemandBytes: number
  /** Packages of the SDK's clients that it has parts of, by name. */
  readonly clients: readonly string[]
}

export type FunctionBundles = Readonly<Record<FunctionName, FunctionBundle>>

const STAND_INS = join(import.meta.dirname, 'stand-ins')

/** CommonJS dependencies `require` Node's own modules, which an ES module has no function for. */
const REQUIRE =
  "import{createRequire as requireOf}from'node:module';const require=requireOf(import.meta.url);"

/** How code of ours becomes code that Lambda runs, without what it never runs. */
export function leanOptions(root: string): BuildOptions {
  return {
    absWorkingDir: root,
    bundle: true,
    minify: true,
    legalComments: 'none',
    platform: 'node',
    target: 'node24',
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    // Its ES modules can be shaken, its CommonJS can not.
    mainFields: ['module', 'main'],
    conditions: ['module'],
    alias: {
      'aws-xray-sdk-core': join(STAND_INS, 'xray.ts'),
      '@smithy/core/event-streams': join(STAND_INS, 'event-streams.ts'),
    },
    // Tells browsers apart; the SDK imports it where it is in one.
    external: ['bowser'],
    banner: { js: REQUIRE },
    plugins: [leanSdk(adaptersIn(root))],
    logLevel: 'silent',
  }
}

/**
 * Bundles every function with all that it imports, the SDK included. One esbuild process does all of them, each
 * by itself, so that a function has only what it needs.
 * @param root of the repository.
 * @param directory gets one folder a function.
 */
export async function bundleFunctions(root: string, directory: string): Promise<FunctionBundles> {
  const lean = leanOptions(root)
  const bundles: Partial<Record<FunctionName, FunctionBundle>> = {}
  // One after the other: all at once need two gigabytes, and are hardly faster.
  for (const name of FUNCTIONS) {
    const { outputFiles, metafile } = await build({
      ...lean,
      entryPoints: { index: join(root, 'functions', name, 'index.ts') },
      // Nothing is written here; source maps count their paths from a folder of the default output.
      outdir: join(root, 'cdk.out', name),
      write: false,
      splitting: true,
      sourcemap: 'linked',
      sourcesContent: false,
      metafile: true,
    })
    const target = join(directory, name)
    writeAll(outputFiles, target)
    bundles[name] = { name, directory: target, ...measure(metafile), clients: clientsIn(metafile) }
  }
  return bundles as FunctionBundles
}

function writeAll(files: readonly OutputFile[], directory: string) {
  mkdirSync(directory, { recursive: true })
  for (const file of files) writeFileSync(join(directory, basename(file.path)), file.contents)
}

function measure({ outputs }: Metafile): Pick<FunctionBundle, 'startBytes' | 'onDemandBytes'> {
  const code = Object.keys(outputs).filter((path) => path.endsWith('.mjs'))
  const entry = code.find((path) => basename(path) === 'index.mjs')
  const atStart = new Set<string>()
  const visit = (path: string | undefined) => {
    if (path === undefined || atStart.has(path)) return
    atStart.add(path)
    for (const imported of outputs[path]?.imports ?? []) {
      if (imported.kind === 'import-statement' && !imported.external) visit(imported.path)
    }
  }
  visit(entry)
  const sum = (paths: readonly string[]) =>
    paths.reduce((total, path) => total + (outputs[path]?.bytes ?? 0), 0)
  return {
    startBytes: sum([...atStart]),
    onDemandBytes: sum(code.filter((path) => !atStart.has(path))),
  }
}

const CLIENT = /node_modules[\\/](@aws-sdk)[\\/](client-[^\\/]+)[\\/]/

function clientsIn({ inputs }: Metafile): readonly string[] {
  const names = Object.keys(inputs).flatMap((path) => {
    const [, scope, name] = CLIENT.exec(path) ?? []
    return scope && name ? [`${scope}/${name}`] : []
  })
  return [...new Set(names)].sort()
}

/** The repository's root, from this file's place in it. */
export const ROOT = dirname(dirname(import.meta.dirname))
