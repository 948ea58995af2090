import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface TestResource {
  readonly Type: string
  readonly Properties?: Readonly<Record<string, unknown>>
  readonly DependsOn?: string
  readonly DeletionPolicy?: string
  readonly UpdateReplacePolicy?: string
}

export interface TestTemplate {
  readonly Resources: Readonly<Record<string, TestResource>>
  readonly Outputs?: Readonly<Record<string, unknown>>
}

const STACK = new URL('../../fixtures/stack', import.meta.url).pathname
const folders: string[] = []

/** A folder as `cdk synth` writes it, with these stacks' templates beside the assets of the sample stack. */
export function stackFolder(
  templates: Readonly<Record<string, TestTemplate>>,
  manifest?: object,
): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-stack-'))
  folders.push(folder)
  cpSync(STACK, folder, { recursive: true })
  rmSync(join(folder, 'Sample.template.json'))
  for (const [name, template] of Object.entries(templates)) {
    writeFileSync(join(folder, `${name}.template.json`), JSON.stringify(template))
  }
  if (manifest) writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest))
  return folder
}

export function removeStackFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
}
