import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { readAssets } from '../../../local/deploy/assets.ts'

const folder = mkdtempSync(join(tmpdir(), 'sluice-assets-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('an asset is found from anywhere, also where its assembly was named by a relative path', () => {
  const files = {
    code: { source: { path: 'asset.code' }, destinations: { local: { objectKey: 'code.zip' } } },
  }
  writeFileSync(join(folder, 'Shop.assets.json'), JSON.stringify({ files }))

  const assets = readAssets(relative(process.cwd(), folder))

  expect(assets.path('code.zip')).toBe(join(folder, 'asset.code'))
})
