import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { build, type Metafile } from 'esbuild'

/** CommonJS dependencies `require` Node's own modules, which an ES module has no function for. */
const REQUIRE =
  "import{createRequire as requireOf}from'node:module';const require=requireOf(import.meta.url);"

/** The command's file, beside the parts that it loads on demand. */
export const ENTRY = 'sluice.mjs'

/** The repository's root, from this file's place in it. */
const ROOT = dirname(import.meta.dirname)

export interface BundledCommand {
  readonly entry: string
  /** What went into it, and what imports what. */
  readonly metafile: Metafile
}

/**
 * Bundles the command with all that it needs, so that it starts without reading a thousand files of node_modules. Clients
 * of AWS and other large things are parts of their own, which it loads when a command asks for them.
 * @param directory is emptied of earlier bundles and filled.
 */
export async function bundleCommand(directory: string): Promise<BundledCommand> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: { sluice: join(ROOT, 'cli', 'main.ts') },
    outdir: directory,
    write: false,
    bundle: true,
    splitting: true,
    minify: true,
    // Stacks of faults name functions; a source map would be read at each start.
    keepNames: true,
    legalComments: 'none',
    metafile: true,
    platform: 'node',
    target: 'node22',
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    chunkNames: 'part-[hash]',
    mainFields: ['module', 'main'],
    conditions: ['module'],
    banner: { js: REQUIRE },
    logLevel: 'silent',
  })
  mkdirSync(directory, { recursive: true })
  for (const file of readdirSync(directory)) {
    if (/^(part-.*|sluice)\.mjs$/.test(file)) rmSync(join(directory, file))
  }
  for (const { path, contents } of outputFiles) {
    writeFileSync(join(directory, basename(path)), contents)
  }
  const entry = join(directory, ENTRY)
  chmodSync(entry, 0o755)
  return { entry, metafile }
}

if (import.meta.main) await bundleCommand(join(ROOT, 'dist'))
