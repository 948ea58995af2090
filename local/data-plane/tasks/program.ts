import { buildSync } from 'esbuild'

const bundles = new Map<string, string>()

/**
 * A program as one piece of JavaScript. Node runs the TypeScript as it is, too, but each process then holds the
 * stripper of types as well: 16 MB of memory each, and there are a dozen of them.
 */
export function programOf(entry: string): string {
  const known = bundles.get(entry)
  if (known !== undefined) return known
  const { outputFiles } = buildSync({
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node24',
  })
  const [file] = outputFiles
  if (!file) throw new Error(`esbuild made nothing of ${entry}`)
  bundles.set(entry, file.text)
  return file.text
}
