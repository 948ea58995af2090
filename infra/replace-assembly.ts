import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'

const MANIFEST = 'manifest.json'

/** The target holds something else: whoever asked meant another directory. */
export class ForeignDirectoryError extends Error {}

/**
 * Makes the target where there is none.
 * @throws {ForeignDirectoryError} where it has files but is no assembly.
 */
export function checkTarget(target: string): void {
  makeDirectory(target)
  const standing = readdirSync(target)
  if (standing.length > 0 && !standing.includes(MANIFEST)) {
    throw new ForeignDirectoryError(
      `${target} holds files and no ${MANIFEST}, so it is no assembly; give an empty or a new directory`,
    )
  }
}

/** One by one: Node's own recursive way never ends where a file system refuses new entries, as /proc does. */
function makeDirectory(path: string): void {
  if (existsSync(path)) return
  makeDirectory(dirname(path))
  try {
    mkdirSync(path)
  } catch (error) {
    // Another run made it in between.
    if (!existsSync(path)) throw error
  }
}

/**
 * Makes `target` the assembly that `source` is. Assets are named by their content, so those that stand already
 * stay untouched, and everything else is renamed into its place: a run that reads the same code meanwhile is not
 * disturbed. What the new assembly does not name is removed.
 * @throws {ForeignDirectoryError} as `checkTarget` does.
 */
export function replaceAssembly(source: string, target: string): void {
  checkTarget(target)
  const standing = readdirSync(target)
  const entries = readdirSync(source)
  // The manifest comes last: whoever finds it finds the rest.
  entries.sort((a, b) => Number(a === MANIFEST) - Number(b === MANIFEST))
  for (const entry of entries) {
    const place = join(target, entry)
    if (entry.startsWith('asset.') && existsSync(place)) continue
    const arriving = join(target, `.${process.pid}.${entry}`)
    cpSync(join(source, entry), arriving, { recursive: true })
    moveInto(arriving, place)
  }
  for (const entry of standing) {
    // A dot: what another run is bringing.
    if (!entries.includes(entry) && !entry.startsWith('.'))
      rmSync(join(target, entry), { recursive: true, force: true })
  }
}

function moveInto(arriving: string, place: string) {
  try {
    renameSync(arriving, place)
  } catch (error) {
    // Another run brought the same asset in between; its content is the same by its name.
    if (!existsSync(place)) throw error
    rmSync(arriving, { recursive: true, force: true })
  }
}
