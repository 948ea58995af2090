import { globSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { transformSync } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../../infra/bundling/bundle-functions.ts'
import { leanMembers } from '../../infra/bundling/lean-members.ts'
import { adaptersIn, leanSchemas } from '../../infra/bundling/lean-sdk.ts'
import { NEVER_RUN, standInFor } from '../../infra/bundling/never-run.ts'

const SDK = join(ROOT, 'node_modules', '@aws-sdk')

/** The clients that the functions use. */
const CLIENTS = readdirSync(SDK).filter((name) =>
  readFileSync(join(ROOT, 'functions', 'shared', 'container.ts'), 'utf8').includes(`/${name}'`),
)

function schemasOf(client: string): string {
  return readFileSync(join(SDK, client, 'dist-es', 'schemas', 'schemas_0.js'), 'utf8')
}

describe.each(CLIENTS)('the lean schemas of %s', (client) => {
  const adapters = adaptersIn(ROOT).of(client)
  const before = schemasOf(client)
  const after = leanSchemas(before, adapters)

  it('are still a module', () => {
    expect(() => transformSync(after, { format: 'esm' })).not.toThrow()
  })

  it('export what they exported', () => {
    const names = (text: string) => text.match(/^export (var|const) \w+\$?/gm)
    expect(names(after)).toEqual(names(before))
  })

  it('may be dropped one by one: the pattern still fits the SDK', () => {
    const schemas = before.match(/^export var \w+\$ = \[/gm)?.length ?? 0
    expect(after.match(/@__PURE__/g)?.length ?? 0).toBeGreaterThan(schemas * 0.6)
  })

  it('keep the classes of errors that adapters tell apart, and the base of the others', () => {
    const registered = (text: string) =>
      [...text.matchAll(/registerError\((\w+)\$/g)].map(([, name = '']) => name)
    const matched = registered(before).filter((name) => adapters.includes(name))
    expect(registered(after)).toEqual(
      expect.arrayContaining([...matched, expect.stringMatching(/ServiceException$/)]),
    )
    expect(registered(after).length).toBeLessThan(registered(before).length)
  })
})

it('looks at the clients that there are', () => {
  expect(CLIENTS).toContain('client-route-53')
  expect(CLIENTS.length).toBeGreaterThan(5)
})

describe('the lean members of a client', () => {
  const schemas = `const _a = "arn";
const _h = "health";
const _t = "tags";
export var Thing$ = [3, n0, _Th,
    0,
    [_a, _h, _t],
    [[() => Arn$, { [_x]: "a, b" }], () => Health$, () => Tags], 2
];
`

  it('are those that an adapter names, with their kinds, and as required as they were', () => {
    expect(leanMembers(schemas, 'thing.arn, thing.tags')).toContain(
      '[_a, _t],\n  [[() => Arn$, { [_x]: "a, b" }], () => Tags], 1\n];',
    )
    expect(leanMembers(schemas, 'thing.health')).toContain('[_h],\n  [() => Health$], 1\n];')
  })

  it('are all of them where all are named, and none where a name is only a part of another word', () => {
    expect(leanMembers(schemas, 'arn health tags')).toContain('[_a, _h, _t]')
    expect(leanMembers(schemas, 'arns healthy taggable')).toContain('[],\n  [], 0\n];')
  })

  it.each(['client-ecs', 'client-cloudwatch'])('of %s fit the SDK’s form', (client) => {
    const before = schemasOf(client)
    const after = leanMembers(before, adaptersIn(ROOT).of(client))
    expect(after.length).toBeLessThan(before.length * 0.9)
    expect(() => transformSync(after, { format: 'esm' })).not.toThrow()
  })
})

describe.each(NEVER_RUN)('what stands in for $module', ({ module }) => {
  const [found, ...others] = globSync(join(ROOT, 'node_modules', module))

  it('stands in for a module that there is, and exports all that it exports', async () => {
    const files = [found ?? '', ...others]
    for (const file of files) {
      const original = readFileSync(file, 'utf8')
      const instead = standInFor(file, original) ?? ''
      const exported = (text: string) =>
        [...text.matchAll(/^export (?:async )?(?:class|const|function|let|var) (\w+)/gm)]
          .map(([, name]) => name)
          .sort()
      expect(exported(instead)).toEqual(expect.arrayContaining(exported(original)))
      expect(() => transformSync(instead, { format: 'esm' })).not.toThrow()
    }
  })
})
