import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const CACHE = join(ROOT, 'node_modules', '.cache', 'sluice')

/** Everything that a synthesized template and its functions are made of. */
const SOURCES = [
  'adapters',
  'core',
  'events',
  'functions',
  'infra',
  'statemachine',
  'package-lock.json',
]
const KEEP_MS = 86_400_000

/**
 * A folder with what `npm run synth -- --pace seconds` makes of the sources as they are now. Kept by the sources' hash: unchanged
 * ones are not synthesized again, changed ones always are.
 * @param beginning is called before a synthesis, which takes seconds.
 */
export async function freshTemplate(
  beginning: () => void = () => {},
): Promise<{ folder: string; synthesized: boolean }> {
  const folder = join(CACHE, hashOfSources())
  if (existsSync(join(folder, 'manifest.json'))) return { folder, synthesized: false }
  beginning()
  forgetOld()
  // A process of its own: what CDK needs of memory is given back before anything else starts.
  const synth = join(ROOT, 'infra', 'synth.ts')
  try {
    const args = [synth, '--output', folder, '--pace', 'seconds']
    await promisify(execFile)(process.execPath, args, { cwd: ROOT })
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string }
    throw new Error(`npm run synth failed: ${stderr.trim() || (error as Error).message}`)
  }
  return { folder, synthesized: true }
}

function hashOfSources(): string {
  const hash = createHash('sha256')
  for (const source of SOURCES) add(hash, source)
  return hash.digest('hex').slice(0, 24)
}

function add(hash: ReturnType<typeof createHash>, path: string) {
  const full = join(ROOT, path)
  if (!statSync(full).isDirectory()) {
    hash.update(`${path}\0`).update(readFileSync(full))
    return
  }
  for (const name of readdirSync(full).sort()) add(hash, join(path, name))
}

/** Other sources' templates, unless another demonstration may be running them. */
function forgetOld() {
  if (!existsSync(CACHE)) return
  for (const name of readdirSync(CACHE)) {
    const folder = join(CACHE, name)
    if (Date.now() - statSync(folder).mtimeMs > KEEP_MS) {
      rmSync(folder, { recursive: true, force: true })
    }
  }
}
