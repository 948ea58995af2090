import { beforeAll, describe, inject, it } from 'vitest'
import { grantsOfRoles, recordUses, requireNeeded, type Uses } from './every-grant.ts'

let uses: Uses

beforeAll(async () => {
  uses = await recordUses(inject('template'))
})

describe("of a canary's role, without one function's grant something goes wrong", () => {
  it.each(grantsOfRoles().map((grant) => [grant.id, grant] as const))('%s', async (_, grant) => {
    await requireNeeded(grant, uses)
  })
})
