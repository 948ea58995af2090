import { expect, test } from 'vitest'
import { checkedDefinition } from '../../../local/services/stepfunctions/definition-check.ts'

const text = (members: object) =>
  JSON.stringify({ StartAt: 'Done', States: { Done: { Type: 'Succeed' } }, ...members })

test('workflows alike but for their time limit each have their own', () => {
  for (const seconds of [10, 20, undefined]) {
    const { timeoutSeconds } = checkedDefinition(text({ TimeoutSeconds: seconds }))
    expect(timeoutSeconds).toBe(seconds)
  }
})

test.each([-1, 1.5, '60', null])(
  'a time limit of %j is refused, after one that was taken',
  (limit) => {
    checkedDefinition(text({ TimeoutSeconds: 60 }))
    expect(() => checkedDefinition(text({ TimeoutSeconds: limit }))).toThrow(
      '/TimeoutSeconds is invalid',
    )
  },
)
