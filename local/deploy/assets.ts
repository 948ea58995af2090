import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DeployError } from './template.ts'

interface AssetManifest {
  readonly files?: Readonly<
    Record<
      string,
      {
        readonly source: { readonly path?: string }
        readonly destinations: Readonly<Record<string, { readonly objectKey: string }>>
      }
    >
  >
}

/** Where the files lie that a template names by their key in the assets bucket. */
export interface Assets {
  /** @throws {DeployError} */
  path(objectKey: string): string
}

export function readAssets(folder: string): Assets {
  const byKey = new Map<string, string>()
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.assets.json'))) {
    const manifest: AssetManifest = JSON.parse(readFileSync(join(folder, file), 'utf8'))
    for (const { source, destinations } of Object.values(manifest.files ?? {})) {
      if (!source.path) continue
      for (const { objectKey } of Object.values(destinations)) {
        // Absolute: whoever loads it may stand elsewhere.
        byKey.set(objectKey, resolve(folder, source.path))
      }
    }
  }
  return {
    path(objectKey) {
      const path = byKey.get(objectKey)
      if (path) return path
      throw new DeployError(
        `the asset ${objectKey} is in no *.assets.json of ${folder}: run npm run synth again`,
      )
    },
  }
}
