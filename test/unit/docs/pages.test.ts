import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parseDefinition } from '../../../core/model/definition.ts'
import { definitionShape } from '../../../core/model/definition-shape.ts'

const repository = fileURLToPath(new URL('../../..', import.meta.url))
const pages = await pagesIn(repository, join(repository, 'docs'))

describe('the pages that people read', () => {
  it.each(pages)('%s links to files and headings that are there', async (page) => {
    const text = await readFile(join(repository, page), 'utf8')
    for (const link of linksIn(text)) {
      const [path = '', heading] = link.split('#')
      const target = path === '' ? join(repository, page) : join(repository, dirname(page), path)
      expect(existsSync(target), `${page} links to ${link}`).toBe(true)
      if (heading !== undefined) {
        expect(anchorsIn(await readFile(target, 'utf8')), `${page} links to ${link}`).toContain(
          heading,
        )
      }
    }
  })

  it('the definition of the guide is one that Sluice takes', async () => {
    const page = await readFile(join(repository, 'docs/guide/definition.md'), 'utf8')
    const [, json = ''] = /```json\n(.*?)\n```/s.exec(page) ?? []
    const item = JSON.parse(json)
    const definition = parseDefinition(item.Definition)
    expect(definition.canary).toBe(item.Canary)
    expect(definition.plan.map(({ weight }) => weight)).toEqual([5, 25, 100])
  })

  it('the page about the definition tells every field', async () => {
    const page = await readFile(join(repository, 'docs/guide/definition.md'), 'utf8')
    const told = [...page.matchAll(/^\| `(\w+)` /gm)].map(([, field]) => field)
    expect(told).toEqual(expect.arrayContaining(Object.keys(definitionShape.def.shape)))
    expect(told).toHaveLength(Object.keys(definitionShape.def.shape).length)
  })
})

async function pagesIn(root: string, folder: string): Promise<string[]> {
  const below = await readdir(folder, { recursive: true })
  const beside = await readdir(root)
  return [...beside, ...below.map((name) => relative(root, join(folder, name)))].filter((name) =>
    name.endsWith('.md'),
  )
}

/** Links to this repository's own files; what is on the web is not looked up. */
function linksIn(text: string): string[] {
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^https?:/.test(link))
}

function anchorsIn(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )
}
