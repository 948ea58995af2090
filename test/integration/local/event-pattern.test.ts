import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matches, PatternError, parsePattern } from '../../../local/services/eventbridge/pattern.ts'

const event = {
  source: 'aws.ecs',
  'detail-type': 'ECS Task State Change',
  resources: ['arn:one', 'arn:two'],
  detail: {
    group: 'service:green-app',
    lastStatus: 'RUNNING',
    version: 3,
    weight: 12.5,
    stopped: false,
    reason: null,
    empty: [],
    nested: { name: 'App' },
    containers: [
      { name: 'app', status: 'RUNNING', exit: 0 },
      { name: 'sidecar', status: 'STOPPED', exit: 1 },
    ],
  },
}

const detail = (pattern: object) => ({ detail: pattern })

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html */
const table: [string, object, boolean][] = [
  ['a value', { source: ['aws.ecs'] }, true],
  ['one of several values', { source: ['aws.ec2', 'aws.ecs'] }, true],
  ['another value', { source: ['aws.ec2'] }, false],
  ['a part of the value', { source: ['ecs'] }, false],
  ['another case', { source: ['AWS.ECS'] }, false],
  ['every field that is named', { source: ['aws.ecs'], 'detail-type': ['Other'] }, false],
  ['one member of a list', { resources: ['arn:two'] }, true],
  ['no member of a list', { resources: ['arn:three'] }, false],
  ['a number', detail({ version: [3] }), true],
  ['a number written as text', detail({ version: ['3'] }), false],
  ['a boolean', detail({ stopped: [false] }), true],
  ['null', detail({ reason: [null] }), true],
  ['null where nothing is', detail({ absent: [null] }), false],
  ['a nested field', detail({ nested: { name: ['App'] } }), true],
  ['a nested field of a text', detail({ group: { name: ['App'] } }), false],
  ['prefix', detail({ group: [{ prefix: 'service:' }] }), true],
  ['prefix of something else', detail({ group: [{ prefix: 'family:' }] }), false],
  ['prefix of a number', detail({ version: [{ prefix: '3' }] }), false],
  [
    'prefix, ignoring case',
    detail({ group: [{ prefix: { 'equals-ignore-case': 'SERVICE' } }] }),
    true,
  ],
  ['suffix', detail({ group: [{ suffix: '-app' }] }), true],
  ['suffix of something else', detail({ group: [{ suffix: 'service:' }] }), false],
  ['equals-ignore-case', detail({ nested: { name: [{ 'equals-ignore-case': 'aPP' }] } }), true],
  ['wildcard', detail({ group: [{ wildcard: 'service:*-app' }] }), true],
  ['wildcard of the whole value alone', detail({ group: [{ wildcard: 'green*' }] }), false],
  [
    'wildcard with characters of regular expressions',
    detail({ group: [{ wildcard: 'service.*' }] }),
    false,
  ],
  ['anything-but', detail({ lastStatus: [{ 'anything-but': 'STOPPED' }] }), true],
  [
    'anything-but this',
    detail({ lastStatus: [{ 'anything-but': ['STOPPED', 'RUNNING'] }] }),
    false,
  ],
  ['anything-but a number', detail({ version: [{ 'anything-but': [1, 2] }] }), true],
  ['anything-but where nothing is', detail({ absent: [{ 'anything-but': 'x' }] }), false],
  ['anything-but a prefix', detail({ group: [{ 'anything-but': { prefix: 'family:' } }] }), true],
  [
    'anything-but this prefix',
    detail({ group: [{ 'anything-but': { prefix: 'service:' } }] }),
    false,
  ],
  [
    'anything-but a wildcard',
    detail({ group: [{ 'anything-but': { wildcard: '*green*' } }] }),
    false,
  ],
  ['exists', detail({ version: [{ exists: true }] }), true],
  ['exists where nothing is', detail({ absent: [{ exists: true }] }), false],
  ['exists not', detail({ absent: [{ exists: false }] }), true],
  ['exists not, but does', detail({ version: [{ exists: false }] }), false],
  ['exists of an object, which is no leaf', detail({ nested: [{ exists: true }] }), false],
  ['exists not below what is not there', { other: { name: [{ exists: false }] } }, true],
  ['exists of an empty list', detail({ empty: [{ exists: true }] }), false],
  ['numeric equality', detail({ weight: [{ numeric: ['=', 12.5] }] }), true],
  ['a numeric range', detail({ weight: [{ numeric: ['>', 10, '<=', 12.5] }] }), true],
  ['outside of a numeric range', detail({ weight: [{ numeric: ['>', 12.5, '<=', 20] }] }), false],
  ['numeric of a text', detail({ group: [{ numeric: ['>', 0] }] }), false],
  [
    'a list of objects, one of which has all',
    detail({ containers: { name: ['app'], exit: [0] } }),
    true,
  ],
  [
    'a list of objects, none of which has all',
    detail({ containers: { name: ['app'], exit: [1] } }),
    false,
  ],
  ['$or, first', { $or: [{ source: ['aws.ecs'] }, { source: ['x'] }] }, true],
  ['$or, last', { $or: [{ source: ['x'] }, { detail: { version: [3] } }] }, true],
  ['$or, none', { $or: [{ source: ['x'] }, { source: ['y'] }] }, false],
  [
    '$or beside another field',
    { source: ['x'], $or: [{ source: ['aws.ecs'] }, { source: ['y'] }] },
    false,
  ],
  ['a value or a matcher', detail({ lastStatus: ['STOPPED', { prefix: 'RUN' }] }), true],
]

describe('a pattern of', () => {
  it.each(table)('%s: %j is %s', (_, pattern, expected) => {
    expect(matches(parsePattern(JSON.stringify(pattern)), event)).toBe(expected)
  })
})

const broken: [string, RegExp][] = [
  ['{', /not JSON/],
  ['[]', /must be an object with a field/],
  ['{}', /must be an object with a field/],
  ['{"detail":{"a":"b"}}', /detail\.a is "b"; it must be a list/],
  ['{"detail":{}}', /detail is {}; it must be at least one field/],
  ['{"a":[]}', /a is \[\]/],
  ['{"a":[{"cidr":"10.0.0.0/8"}]}', /a is {"cidr":"10.0.0.0\/8"}; it must be prefix/],
  ['{"a":[{"prefix":1}]}', /a is {"prefix":1}/],
  ['{"a":[{"numeric":["~",1]}]}', /numeric/],
  ['{"a":[{"exists":"yes"}]}', /exists/],
  ['{"a":[{"prefix":"x","suffix":"y"}]}', /one matcher/],
  ['{"a":[{"anything-but":[true]}]}', /anything-but/],
  ['{"$or":[{"a":["b"]}]}', /\$or is .* at least two patterns/],
]

describe('a broken pattern', () => {
  it.each(broken)('%s is refused with the place and the mend', (text, message) => {
    expect(() => parsePattern(text)).toThrow(PatternError)
    expect(() => parsePattern(text)).toThrow(message)
  })
})

describe('whatever the event', () => {
  const json = fc.jsonValue({ maxDepth: 3 })
  const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null))
  const flat = fc.dictionary(
    fc.string({ minLength: 1 }).filter((name) => name !== '$or'),
    leaf,
    {
      minKeys: 1,
      noNullPrototype: true,
    },
  )

  it('a pattern of its own values matches, and with any other field beside it still does', () => {
    fc.assert(
      fc.property(flat, flat, (own, others) => {
        const pattern = Object.fromEntries(
          Object.entries(own).map(([name, value]) => [name, [value]]),
        )
        expect(matches(parsePattern(JSON.stringify(pattern)), { ...others, ...own })).toBe(true)
      }),
    )
  })

  it('a field matches exactly one of "exists" and "exists not"', () => {
    fc.assert(
      fc.property(json, (value) => {
        const on = (exists: boolean) => matches({ a: [{ exists }] }, { a: value })
        expect(on(true)).not.toBe(on(false))
      }),
    )
  })

  it('anything-but is the contrary of the same values, for a text or a number that is there', () => {
    const value = fc.oneof(fc.string(), fc.integer())
    fc.assert(
      fc.property(value, fc.array(value, { minLength: 1 }), (seen, listed) => {
        const excluded = matches({ a: [{ 'anything-but': listed }] }, { a: seen })
        expect(excluded).toBe(!matches({ a: listed }, { a: seen }))
      }),
    )
  })

  it('a wildcard of a text with every star escaped matches that text alone', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, other) => {
        const wildcard = text.replace(/[\\*]/g, '\\$&')
        expect(matches({ a: [{ wildcard }] }, { a: text })).toBe(true)
        expect(matches({ a: [{ wildcard }] }, { a: other })).toBe(other === text)
        const around = `*${wildcard}*`
        expect(matches({ a: [{ wildcard: around }] }, { a: `${other}${text}${other}` })).toBe(true)
      }),
    )
  })

  it('matching never throws', () => {
    const pattern = parsePattern(
      JSON.stringify({
        a: [{ prefix: 'x' }, { numeric: ['>', 1] }],
        b: { c: [{ exists: false }] },
      }),
    )
    fc.assert(fc.property(json, (value) => typeof matches(pattern, value) === 'boolean'))
  })
})
