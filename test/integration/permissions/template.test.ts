import { beforeAll, describe, expect, inject, it } from 'vitest'
import { grantsOfTemplate, recordUses, requireNeeded, type Uses } from './every-grant.ts'
import { SCENARIOS } from './scenarios/index.ts'
import { withTemplate } from './stage.ts'
import type { Template } from './template-grants.ts'

const ASSEMBLY = inject('template')

describe('of the controller, without one grant something goes wrong', () => {
  let uses: Uses

  beforeAll(async () => {
    uses = await recordUses(ASSEMBLY)
  })

  it.each(grantsOfTemplate(ASSEMBLY).map((grant) => [grant.id, grant] as const))(
    '%s',
    async (_, grant) => {
      await requireNeeded(grant, uses)
    },
  )
})

describe('a grant that nothing needs is found', () => {
  const scenario = SCENARIOS.find(({ name }) => name === 'is defined on listener')

  /** Changes what the function `define` may do, and asks of the grants whose name matches whether they are needed. */
  const asked = (change: (statements: object[]) => void, name: RegExp) => {
    const inDefine = (template: Template) => {
      const roles = Object.entries(template.Resources)
      const [, role] = roles.find(([id]) => /DefineRole/.test(id)) ?? []
      const [policy] = (role?.Properties.Policies ?? []) as {
        PolicyDocument: { Statement: object[] }
      }[]
      change(policy?.PolicyDocument.Statement ?? [])
    }
    return withTemplate(ASSEMBLY, inDefine, async (folder) => {
      const uses = await recordUses(folder, scenario ? [scenario] : [])
      const found = grantsOfTemplate(folder).filter(({ id }) => name.test(id))
      return Promise.allSettled(found.map((grant) => requireNeeded(grant, uses)))
    })
  }

  it('where nothing asks for it', async () => {
    const idle = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::shop/*' }
    const tried = await asked((statements) => statements.push(idle), /s3:GetObject/)
    expect(tried).toMatchObject([
      {
        status: 'rejected',
        reason: {
          message: expect.stringMatching(
            /DefineRole.*: s3:GetObject on arn:aws:s3:::shop\/\*: no scenario uses it/,
          ),
        },
      },
    ])
  })

  it('where another grants the same', async () => {
    const all = { Effect: 'Allow', Action: 'dynamodb:DeleteItem', Resource: '*' }
    const tried = await asked(
      (statements) => statements.push(all),
      /DefineRole.*dynamodb:DeleteItem on \*/,
    )
    expect(tried).toMatchObject([
      { status: 'rejected', reason: { message: expect.stringMatching(/nothing needs it/) } },
    ])
  })
})
