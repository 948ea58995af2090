import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FUNCTIONS } from '../../infra/function-names.ts'
import { replaceAssembly } from '../../infra/replace-assembly.ts'
import { ASSEMBLY } from './template.ts'

const SCRIPT = join(import.meta.dirname, '../../infra/synth.ts')

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-synth-test-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

interface Run {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs the command with an environment that knows of no AWS account. */
function synth(...args: readonly string[]): Promise<Run> {
  const env = { PATH: process.env.PATH, HOME: folder }
  return new Promise((resolve) => {
    execFile(process.execPath, [SCRIPT, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr })
    })
  })
}

describe('npm run synth', () => {
  it('makes the same assembly to the byte, in another directory and process', async () => {
    const output = join(folder, 'new', 'assembly')
    const { code, stdout } = await synth('--output', output)
    expect(code).toBe(0)
    expect(stdout.match(/^[a-z-]+ +\d+ kB /gm)).toHaveLength(FUNCTIONS.length)
    expect(await contents(output)).toEqual(await contents(ASSEMBLY))
  })

  it('tells with --help how it is called', async () => {
    expect(await synth('--help')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('--output'),
      stderr: '',
    })
  })

  it.each([
    ['an unknown option', ['--outptu', 'x'], "Unknown option '--outptu'"],
    ['an option without its value', ['--output'], 'output'],
    ['a pace that there is not', ['--pace', 'hours'], 'minutes or seconds'],
    ['no canaries', ['--canaries', '0'], 'from 1 to 100'],
    ['an empty output', ['--output', ''], '--output is empty'],
    ['a file as output', ['--output', SCRIPT], SCRIPT],
    ['a place where nothing can be made', ['--output', '/proc/sluice'], '/proc/sluice'],
    ['a directory of something else', ['--output', import.meta.dirname], 'is no assembly'],
  ])('answers %s with one line and exit code 2', async (_, args, message) => {
    const { code, stdout, stderr } = await synth(...args)
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain(message)
    expect(stderr.trim().split('\n')).toHaveLength(1)
  })
})

describe('a new assembly over an old one', () => {
  it('replaces what changed, removes what went, and leaves the same assets untouched', async () => {
    const [source, place] = [join(folder, 'source'), join(folder, 'place')]
    await write(source, { 'manifest.json': '2', 'asset.kept': 'new', 'asset.added': '1' })
    await write(place, { 'manifest.json': '1', 'asset.kept': 'old', 'asset.gone': '1' })
    replaceAssembly(source, place)
    expect(await contents(place)).toEqual({
      'manifest.json': '2',
      'asset.kept': 'old',
      'asset.added': '1',
    })
  })

  it('leaves alone what another run is bringing', async () => {
    const [source, place] = [join(folder, 'source-2'), join(folder, 'place-2')]
    await write(source, { 'manifest.json': '2' })
    await write(place, { 'manifest.json': '1', '.4711.asset.new': 'half' })
    replaceAssembly(source, place)
    expect(Object.keys(await contents(place))).toContain('.4711.asset.new')
  })

  it('comes from a copy as from the place it was made in', async () => {
    const copy = join(folder, 'copy')
    await cp(ASSEMBLY, copy, { recursive: true })
    replaceAssembly(ASSEMBLY, copy)
    expect(await contents(copy)).toEqual(await contents(ASSEMBLY))
  })
})

async function write(directory: string, files: Readonly<Record<string, string>>) {
  await mkdir(directory)
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text)
}

/** Every file of a directory, at any depth, by its path. */
async function contents(directory: string): Promise<Record<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  const read = files.map(async (file) => {
    const path = join(file.parentPath, file.name)
    return [path.slice(directory.length + 1), await readFile(path, 'utf8')] as const
  })
  return Object.fromEntries(await Promise.all(read))
}
