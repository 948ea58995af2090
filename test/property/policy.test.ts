import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDocument } from '../../local/services/iam/policy/document.ts'
import { type Access, evaluateIdentity } from '../../local/services/iam/policy/evaluate.ts'

const actions = fc.constantFrom('ecs:ListTasks', 'ecs:*', 'sqs:SendMessage', '*', 'ecs:List?asks')
const resources = fc.constantFrom(
  '*',
  'arn:aws:ecs:us-east-1:123456789012:service/shop/blue',
  'arn:aws:ecs:us-east-1:123456789012:service/*',
  'arn:aws:sqs:us-east-1:123456789012:queue',
)
const values = fc.subarray(['1', '2', '3'], { minLength: 1 })
const conditions = fc.dictionary(
  fc.constantFrom(
    'StringEquals',
    'StringNotEquals',
    'StringLikeIfExists',
    'ForAllValues:StringEquals',
    'ForAnyValue:StringEquals',
  ),
  fc.dictionary(fc.constantFrom('a', 'b'), values, { minKeys: 1 }),
  { maxKeys: 2 },
)

const statement = fc
  .record({
    Effect: fc.constantFrom('Allow', 'Allow', 'Deny'),
    actions: fc.array(actions, { minLength: 1, maxLength: 3 }),
    resources: fc.array(resources, { minLength: 1, maxLength: 2 }),
    notAction: fc.boolean(),
    notResource: fc.boolean(),
    Condition: conditions,
  })
  .map(({ actions, resources, notAction, notResource, ...rest }) => ({
    ...rest,
    [notAction ? 'NotAction' : 'Action']: actions,
    [notResource ? 'NotResource' : 'Resource']: resources,
  }))

const access = fc.record({
  action: fc.constantFrom('ecs:ListTasks', 'sqs:SendMessage', 'ecs:UpdateService'),
  resource: resources,
  context: fc
    .dictionary(fc.constantFrom('a', 'b'), values)
    .map((given) => new Map(Object.entries(given))),
})

type Statement = { readonly Effect: string }

const kindOf = (statements: readonly object[], asked: Omit<Access, 'asker'>) =>
  evaluateIdentity(parseDocument({ Statement: statements }, 'policy'), {
    ...asked,
    asker: { kind: 'role', roleArn: 'role', sessionArn: 'session' },
  }).kind

const given = fc.tuple(fc.array(statement, { minLength: 1, maxLength: 5 }), access, fc.nat())
const picked = (
  statements: readonly Statement[],
  effect: string,
  at: number,
): number | undefined => {
  const of = statements.flatMap((one, index) => (one.Effect === effect ? [index] : []))
  return of[at % Math.max(of.length, 1)]
}

describe('policies, whatever they say', () => {
  it('allow no more without one of their allow statements', () => {
    fc.assert(
      fc.property(given, ([statements, asked, at]) => {
        const index = picked(statements, 'Allow', at)
        if (index === undefined) return
        if (kindOf(statements, asked) === 'allowed') return
        expect(kindOf(statements.toSpliced(index, 1), asked)).not.toBe('allowed')
      }),
    )
  })

  it('allow no more with one more deny statement', () => {
    fc.assert(
      fc.property(given, statement, ([statements, asked], more) => {
        if (kindOf(statements, asked) === 'allowed') return
        const denying = [...statements, { ...more, Effect: 'Deny' }]
        expect(kindOf(denying, asked)).not.toBe('allowed')
      }),
    )
  })

  it('say the same in any order', () => {
    fc.assert(
      fc.property(given, ([statements, asked]) => {
        expect(kindOf(statements.toReversed(), asked)).toBe(kindOf(statements, asked))
      }),
    )
  })

  it('allow what one statement of every action on everything allows, unless one denies it', () => {
    fc.assert(
      fc.property(given, ([statements, asked]) => {
        const all = { Effect: 'Allow', Action: '*', Resource: '*' }
        const before = kindOf(statements, asked)
        expect(kindOf([...statements, all], asked)).toBe(before === 'denied' ? 'denied' : 'allowed')
      }),
    )
  })
})
