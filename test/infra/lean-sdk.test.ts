import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { EndpointCache as SdkEndpointCache } from '@aws-sdk/endpoint-cache'
import { transformSync } from 'esbuild'
import { describe, expect, it, vi } from 'vitest'
import { ROOT } from '../../infra/bundling/bundle-functions.ts'
import { EndpointCache } from '../../infra/bundling/endpoint-cache.ts'
import { adaptersText, leanSchemas } from '../../infra/bundling/lean-sdk.ts'
import { gte } from '../../infra/bundling/semver.ts'

const SDK = join(ROOT, 'node_modules', '@aws-sdk')

/** The clients that the functions use. */
const CLIENTS = readdirSync(SDK).filter((name) =>
  readFileSync(join(ROOT, 'functions', 'shared', 'container.ts'), 'utf8').includes(`/${name}'`),
)

function schemasOf(client: string): string {
  return readFileSync(join(SDK, client, 'dist-es', 'schemas', 'schemas_0.js'), 'utf8')
}

describe.each(CLIENTS)('the lean schemas of %s', (client) => {
  const before = schemasOf(client)
  const after = leanSchemas(before, adaptersText(ROOT))

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
    const matched = registered(before).filter((name) => adaptersText(ROOT).includes(name))
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

it.each([
  ['2.7.15', '2.7.15', true],
  ['2.1000.0', '2.7.15', true],
  ['2.7.9', '2.7.15', false],
  ['10.0.0', '2.7.15', true],
])('the stand-in for semver takes version %s as at least %s: %s', (version, least, yes) => {
  expect(gte(version, least)).toBe(yes)
})

describe('the endpoint cache that stands in for the SDK’s', () => {
  it('knows an endpoint for as long as it was told, as the SDK’s does', () => {
    vi.useFakeTimers()
    for (const cache of [new EndpointCache(), new SdkEndpointCache(10)]) {
      expect([cache.has('k'), cache.get('k'), cache.getEndpoint('k')]).toEqual([
        false,
        undefined,
        undefined,
      ])
      cache.set('k', [{ Address: 'one.example', CachePeriodInMinutes: 1 }])
      expect([cache.has('k'), cache.getEndpoint('k')]).toEqual([true, 'one.example'])
      vi.advanceTimersByTime(60_000)
      expect(cache.getEndpoint('k')).toBeUndefined()
      cache.set('k', [{ Address: 'two.example', CachePeriodInMinutes: 1 }])
      cache.delete('k')
      expect(cache.get('k')).toBeUndefined()
      cache.set('k', [{ Address: 'two.example', CachePeriodInMinutes: 1 }])
      cache.clear()
      expect(cache.has('k')).toBe(false)
    }
    vi.useRealTimers()
  })
})
