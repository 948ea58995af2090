import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'

const FILE = join(import.meta.dirname, 'results.json')

/** Keeps what a benchmark found beside what the others found before, with the machine that it ran on. */
export function keepResult(name: string, result: unknown): void {
  const before = existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : {}
  const [cpu] = cpus()
  const machine = { node: process.version, cpu: cpu?.model ?? 'unknown', cores: cpus().length }
  const results = { ...before, [name]: { at: new Date().toISOString(), machine, result } }
  const sorted = Object.fromEntries(Object.entries(results).sort(([a], [b]) => (a < b ? -1 : 1)))
  writeFileSync(FILE, `${JSON.stringify(sorted, undefined, 2)}\n`)
}
