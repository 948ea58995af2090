import { describe, expect, it } from 'vitest'
import type { Context } from '../../../../local/services/iam/policy/condition.ts'
import { parseDocument } from '../../../../local/services/iam/policy/document.ts'
import {
  type Access,
  type Asker,
  evaluateDelegation,
  evaluateIdentity,
  evaluateResource,
} from '../../../../local/services/iam/policy/evaluate.ts'
import { PolicyError } from '../../../../local/services/iam/policy/policy-error.ts'

const RULE = 'arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/shop/1/2/3'
const OTHER = 'arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/shop/1/2/4'
const ACTION = 'elasticloadbalancing:ModifyRule'
const ROLE: Asker = {
  kind: 'role',
  roleArn: 'arn:aws:iam::123456789012:role/path/shift',
  sessionArn: 'arn:aws:sts::123456789012:assumed-role/shift/web',
}
const EVENTS: Asker = { kind: 'service', name: 'events.amazonaws.com' }

type Given = Readonly<Record<string, string | readonly string[]>>

const contextOf = (given: Given): Context =>
  new Map(Object.entries(given).map(([key, value]) => [key.toLowerCase(), [value].flat()]))

const access = (more: Partial<Access> = {}): Access => ({
  asker: ROLE,
  action: ACTION,
  resource: RULE,
  context: new Map(),
  ...more,
})

const documentOf = (...statements: readonly object[]) =>
  parseDocument({ Version: '2012-10-17', Statement: statements }, 'policy')

const allow = (more: object = {}) => ({ Effect: 'Allow', Action: ACTION, Resource: '*', ...more })
const deny = (more: object = {}) => ({ ...allow(more), Effect: 'Deny' })

const kindOf = (statements: readonly object[], of: Partial<Access> = {}) =>
  evaluateIdentity(documentOf(...statements), access(of)).kind

describe("statements of a role's policies", () => {
  const rules: [string, readonly object[], Partial<Access>, string][] = [
    ['without any, nothing is allowed', [], {}, 'silent'],
    ['what one allows is allowed', [allow()], {}, 'allowed'],
    ['another action is not', [allow({ Action: 'ecs:UpdateService' })], {}, 'silent'],
    ['an explicit deny beats every allow', [allow(), allow(), deny()], {}, 'denied'],
    ['whichever comes first', [deny(), allow()], {}, 'denied'],
    ['a deny of something else does not', [allow(), deny({ Resource: OTHER })], {}, 'allowed'],
    [
      'one of several actions is enough',
      [allow({ Action: ['ecs:ListTasks', ACTION] })],
      {},
      'allowed',
    ],
    [
      'actions are the same in upper and lower case',
      [allow({ Action: 'ElasticLoadBalancing:modifyrule' })],
      {},
      'allowed',
    ],
    ['a star stands for any part', [allow({ Action: 'elasticloadbalancing:Mod*' })], {}, 'allowed'],
    ['a question mark for one letter', [allow({ Action: `${ACTION}?` })], {}, 'silent'],
    ['a dot for itself', [allow({ Action: 'elasticloadbalancing.ModifyRule' })], {}, 'silent'],
    ['NotAction is all but', [allow({ Action: undefined, NotAction: 'iam:*' })], {}, 'allowed'],
    ['and not what it names', [allow({ Action: undefined, NotAction: ACTION })], {}, 'silent'],
    [
      'a deny with NotAction forbids the rest',
      [allow(), deny({ Action: undefined, NotAction: 'ecs:*' })],
      {},
      'denied',
    ],
    ['the resource itself', [allow({ Resource: RULE })], {}, 'allowed'],
    ['and no other', [allow({ Resource: OTHER })], {}, 'silent'],
    ['a part of it', [allow({ Resource: RULE.replace(/3$/, '*') })], {}, 'allowed'],
    [
      'resources keep upper and lower case apart',
      [allow({ Resource: RULE.toUpperCase() })],
      {},
      'silent',
    ],
    [
      'a star does not reach over a colon',
      [allow({ Resource: 'arn:aws:elasticloadbalancing:*:listener-rule/app/shop/1/2/3' })],
      {},
      'silent',
    ],
    [
      'but over everything within the resource',
      [allow({ Resource: 'arn:aws:logs:us-east-1:123456789012:log-group:*' })],
      { resource: 'arn:aws:logs:us-east-1:123456789012:log-group:/a/b:log-stream:c' },
      'allowed',
    ],
    ['NotResource is all but', [allow({ Resource: undefined, NotResource: OTHER })], {}, 'allowed'],
    [
      'and not what it names, too',
      [allow({ Resource: undefined, NotResource: RULE })],
      {},
      'silent',
    ],
    [
      'an action without resources needs the star',
      [allow({ Resource: RULE })],
      { resource: '*' },
      'silent',
    ],
  ]
  it.each(rules)('%s', (_, statements, of, kind) => {
    expect(kindOf(statements, of)).toBe(kind)
  })

  it('tell which action on which resource of which statement allowed it', () => {
    const document = documentOf(
      allow({ Action: ['ecs:*', ACTION], Resource: [OTHER, RULE, '*'] }),
      allow({ Action: undefined, NotAction: 'ecs:*', Resource: undefined }),
    )
    expect(evaluateIdentity(document, access())).toEqual({
      kind: 'allowed',
      by: [
        { place: 'policy[0]', action: 1, resource: 1 },
        { place: 'policy[0]', action: 1, resource: 2 },
        { place: 'policy[1]', action: undefined, resource: undefined },
      ],
    })
  })
})

describe('conditions', () => {
  const KEY = 'aws:PrincipalTag/sluice:function'
  const table: [operator: string, values: unknown, given: Given, holds: boolean][] = [
    ['StringEquals', ['shift', 'fail-back'], { [KEY]: 'shift' }, true],
    ['StringEquals', 'shift', { [KEY]: 'verify' }, false],
    ['StringEquals', 'shift', { [KEY]: 'Shift' }, false],
    ['StringEquals', 'shi*', { [KEY]: 'shift' }, false],
    ['StringEquals', 'shift', {}, false],
    ['StringEquals', 'shift', { [KEY.toUpperCase()]: 'shift' }, true],
    ['StringEqualsIfExists', 'shift', {}, true],
    ['StringEqualsIfExists', 'shift', { [KEY]: 'verify' }, false],
    ['StringEqualsIgnoreCase', 'shift', { [KEY]: 'SHIFT' }, true],
    ['StringNotEquals', 'shift', { [KEY]: 'verify' }, true],
    ['StringNotEquals', ['shift', 'verify'], { [KEY]: 'verify' }, false],
    ['StringNotEquals', 'shift', {}, true],
    ['StringNotEqualsIgnoreCase', 'shift', { [KEY]: 'SHIFT' }, false],
    ['StringLike', 'sh?f*', { [KEY]: 'shift' }, true],
    ['StringLike', 'sh?f', { [KEY]: 'shift' }, false],
    ['StringNotLike', 'sh*', { [KEY]: 'shift' }, false],
    ['ArnEquals', 'arn:aws:ecs:*:*:cluster/shop', { [KEY]: 'arn:aws:ecs:r:1:cluster/shop' }, true],
    ['ArnLike', 'arn:aws:ecs:*:cluster/shop', { [KEY]: 'arn:aws:ecs:r:1:cluster/shop' }, false],
    ['ArnLike', 'arn:aws:ecs:*:*:cluster/*', {}, false],
    ['ArnNotEquals', 'arn:aws:ecs:*:*:cluster/shop', { [KEY]: 'arn:aws:ecs:r:1:cluster/x' }, true],
    ['ArnNotLike', 'arn:aws:ecs:*:*:cluster/*', { [KEY]: 'arn:aws:ecs:r:1:cluster/x' }, false],
    ['Bool', 'false', { [KEY]: 'false' }, true],
    ['Bool', true, { [KEY]: 'false' }, false],
    ['Bool', 'false', {}, false],
    ['Null', 'true', {}, true],
    ['Null', 'false', {}, false],
    ['Null', 'false', { [KEY]: 'x' }, true],
    ['ForAllValues:StringEquals', ['A', 'AAAA'], { [KEY]: ['A', 'AAAA'] }, true],
    ['ForAllValues:StringEquals', ['A', 'AAAA'], { [KEY]: ['A', 'TXT'] }, false],
    // The trap that IAM's own pages warn of: nothing asked for is all of it allowed.
    ['ForAllValues:StringEquals', ['A', 'AAAA'], {}, true],
    ['ForAllValues:StringNotEquals', 'TXT', { [KEY]: ['A', 'TXT'] }, false],
    ['ForAnyValue:StringEquals', 'A', { [KEY]: ['A', 'TXT'] }, true],
    ['ForAnyValue:StringEquals', 'A', { [KEY]: ['TXT'] }, false],
    ['ForAnyValue:StringEquals', 'A', {}, false],
    ['ForAnyValue:StringNotEquals', 'A', { [KEY]: ['A', 'TXT'] }, true],
    ['ForAnyValue:StringNotEquals', 'A', {}, false],
  ]
  it.each(table)('%s %j over %j is %s', (operator, values, given, holds) => {
    const statement = allow({ Condition: { [operator]: { [KEY]: values } } })
    const kind = kindOf([statement], { context: contextOf(given) })
    expect(kind).toBe(holds ? 'allowed' : 'silent')
  })

  it('all have to hold', () => {
    const Condition = { StringEquals: { a: '1', b: '2' }, Bool: { c: 'true' } }
    const of = (given: Given) => kindOf([allow({ Condition })], { context: contextOf(given) })
    expect(of({ a: '1', b: '2', c: 'true' })).toBe('allowed')
    expect(of({ a: '1', b: '3', c: 'true' })).toBe('silent')
    expect(of({ a: '1', b: '2', c: 'false' })).toBe('silent')
  })
})

describe('a policy that cannot be evaluated as AWS would is refused when it is written', () => {
  const refused: [string, object, RegExp][] = [
    [
      'an operator that is not known',
      allow({ Condition: { NumericLessThan: { 's3:max-keys': '10' } } }),
      /^policy\[0\]: .*operator NumericLessThan; it has StringEquals/,
    ],
    [
      'a misspelt quantifier',
      allow({ Condition: { 'ForEachValue:StringEquals': { a: 'b' } } }),
      /operator ForEachValue:StringEquals/,
    ],
    ['a policy variable in a resource', allow({ Resource: `arn:$\{aws:username}` }), /variables/],
    [
      'a policy variable in a condition',
      allow({ Condition: { StringEquals: { a: `$\{aws:username}` } } }),
      /variables/,
    ],
    ['another effect', { ...allow(), Effect: 'allow' }, /Effect is "allow"; it is Allow or Deny/],
    ['no action', { Effect: 'Allow', Resource: '*' }, /neither Action nor NotAction/],
    ['a member that is not read', allow({ NotPrincipal: '*' }), /NotPrincipal/],
    ['a kind of principal', allow({ Principal: { Federated: 'x' } }), /kind Federated/],
  ]
  it.each(refused)('%s', (_, statement, message) => {
    expect(() => documentOf(statement)).toThrow(PolicyError)
    expect(() => documentOf(statement)).toThrow(message)
  })

  it('and text that is no JSON', () => {
    expect(() => parseDocument('{', 'the policy of a queue')).toThrow(/^the policy of a queue: /)
  })
})

describe('the policy of a resource speaks of whom it names', () => {
  const account = 'arn:aws:iam::123456789012:root'
  const on = (principal: unknown, asker: Asker, effect = 'Allow') =>
    evaluateResource(
      documentOf({ ...allow(), Effect: effect, Principal: principal }),
      access({ asker }),
    ).kind

  it.each([
    ['everybody', '*', ROLE, 'allowed'],
    ['everybody of AWS', { AWS: '*' }, ROLE, 'allowed'],
    ['the role', { AWS: ROLE.kind === 'role' ? ROLE.roleArn : '' }, ROLE, 'allowed'],
    ['the session', { AWS: [ROLE.kind === 'role' ? ROLE.sessionArn : ''] }, ROLE, 'allowed'],
    ['another role', { AWS: 'arn:aws:iam::123456789012:role/verify' }, ROLE, 'silent'],
    ['the account, which leaves it to policies', { AWS: account }, ROLE, 'silent'],
    ['a service', { Service: 'events.amazonaws.com' }, EVENTS, 'allowed'],
    ['another service', { Service: ['sns.amazonaws.com'] }, EVENTS, 'silent'],
    ['a service, and not roles', { Service: 'events.amazonaws.com' }, ROLE, 'silent'],
    ['nobody', undefined, ROLE, 'silent'],
  ] as const)('%s', (_, principal, asker, kind) => {
    expect(on(principal, asker)).toBe(kind)
  })

  it('and denies the account as everybody in it', () => {
    expect(on({ AWS: account }, ROLE, 'Deny')).toBe('denied')
    expect(on({ AWS: account }, EVENTS, 'Deny')).toBe('silent')
  })

  it('or delegates to the account, under its conditions', () => {
    const trust = documentOf({
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Principal: { AWS: account },
      Condition: { ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::123456789012:role/path/shift' } },
    })
    const asking = (principalArn: string) =>
      evaluateDelegation(
        trust,
        access({
          action: 'sts:AssumeRole',
          context: contextOf({ 'aws:PrincipalArn': principalArn }),
        }),
      ).kind
    expect(asking('arn:aws:iam::123456789012:role/path/shift')).toBe('allowed')
    expect(asking('arn:aws:iam::123456789012:role/path/verify')).toBe('silent')
  })
})
