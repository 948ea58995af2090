import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { PRICES_AS_OF } from '../../../bench/cost/prices.ts'
import { costTable, partsTable } from '../../../bench/cost/report.ts'
import { STRATEGIES } from '../../../core/model/strategies.ts'
import { ALB_STACK } from '../../../infra/example/alb-stack.ts'
import { IMAGES_STACK } from '../../../infra/example/images-stack.ts'
import { ROUTE53_STACK } from '../../../infra/example/route53-stack.ts'
import { STACK_NAME } from '../../../infra/stack-name.ts'
import packageJson from '../../../package.json' with { type: 'json' }

const ROOT = join(import.meta.dirname, '..', '..', '..')
const GUIDE = join(ROOT, 'docs', 'guide')
const pages = readdirSync(GUIDE)
const textOf = (page: string) => readFileSync(join(GUIDE, page), 'utf8')
const all = (text: string, pattern: RegExp) =>
  [...text.matchAll(pattern)].map(([, found = '']) => found)

describe.each(pages)('the guide’s page %s', (page) => {
  const text = textOf(page)

  it('names files that are there', () => {
    const roots = readdirSync(ROOT).filter((name) => !name.startsWith('.git'))
    const paths = [
      ...all(text, /`((?:[\w.-]+\/)+[\w.-]+)`/g),
      ...all(text, /file:\/\/([\w./-]+)/g),
      ...all(text, /(?:^|[ (])((?:infra|local|bench|docs)\/[\w./-]*\w)/gm),
      ...all(text, /from '\.\.\/sluice\/([^']+)'/g),
    ].filter((path) => roots.includes(path.split('/')[0] ?? '') && !path.startsWith('cdk.out'))
    for (const path of paths)
      expect(existsSync(join(ROOT, path)), `${page} names ${path}`).toBe(true)
  })

  it('names scripts that npm has', () => {
    for (const script of all(text, /npm run ([\w:-]+)/g)) {
      expect(Object.keys(packageJson.scripts)).toContain(script)
    }
  })

  it('names stacks that are synthesized', () => {
    const stacks = [STACK_NAME, IMAGES_STACK, ALB_STACK, ROUTE53_STACK]
    for (const stack of all(text, /\b(Sluice(?:Controller|Example\w*))\b/g)) {
      expect(stacks).toContain(stack)
    }
  })

  it('is found from the first page', () => {
    if (page !== 'README.md') expect(textOf('README.md')).toContain(`(${page})`)
  })
})

it('the page of costs has the numbers that the command reckons', () => {
  const text = textOf('costs.md')
  expect(text).toContain(costTable())
  expect(text).toContain(partsTable())
  expect(text).toContain(PRICES_AS_OF)
})

it('the page of strategies has each with its numbers and their defaults', () => {
  const rows = [...textOf('strategies.md').matchAll(/^\| `([\w-]+)` +\| (.+?) +\| (.+?) +\|$/gm)]
  const told = rows.map(([, name, what, numbers]) => [name, what, numbers?.replaceAll('`', '')])
  const listed = STRATEGIES.map(({ name, what, numbers }) => [
    name,
    what,
    Object.entries(numbers)
      .map((entry) => entry.join(' '))
      .join(', '),
  ])
  expect(told).toEqual(listed)
})

it('the page of installing shows constructs by the names of their properties', async () => {
  const text = textOf('install.md')
  const canary = await import('../../../infra/constructs/canary.ts')
  const controller = await import('../../../infra/constructs/canary-controller.ts')
  expect(text).toContain(`new ${canary.Canary.name}(this, 'Checkout'`)
  expect(text).toContain(`${controller.CanaryController.name}.fromName(this, 'Sluice')`)
})
