import { readFileSync } from 'node:fs'

/** The sample events of `events/<source>/<case>.json`. */
export function sample(source: string, name: string): unknown {
  const file = new URL(`../../../events/${source}/${name}.json`, import.meta.url)
  return JSON.parse(readFileSync(file, 'utf8'))
}
