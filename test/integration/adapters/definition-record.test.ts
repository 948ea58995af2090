import { beforeEach, describe, expect, it } from 'vitest'
import { createDynamoDefinitions } from '../../../adapters/dynamodb-definitions.ts'
import { TransientError } from '../../../core/errors.ts'
import type { Definitions, WrittenDefinition } from '../../../core/ports.ts'
import { createLocalTable } from '../../fixtures/local-table.ts'
import { MemoryStore } from '../../fixtures/world.ts'

const DEFINITION = {
  canary: 'shop',
  plan: [{ weight: 12.5, bake: '1m' }, { weight: 100 }],
  checks: [{ type: 'ecs' }],
  slots: { blue: { cluster: 'main' }, green: {} },
}
const mine: WrittenDefinition = { definition: DEFINITION, owner: 'stack/Web' }

interface Subject {
  readonly definitions: Definitions
  /** Does something between the next amend's read and its write. */
  readonly meanwhile: (action: () => Promise<unknown>) => void
}

async function overDynamo(): Promise<Subject> {
  const local = await createLocalTable()
  return {
    definitions: local.definitions,
    meanwhile: (by) => {
      for (const operation of ['UpdateItem', 'DeleteItem']) {
        local.network.interrupt(operation, { kind: 'preceded', by })
      }
    },
  }
}

async function inMemory(): Promise<Subject> {
  const store = new MemoryStore()
  return {
    definitions: store.ownedDefinitions,
    meanwhile: (action) => {
      store.beforeWrite = async () => {
        store.beforeWrite = () => {}
        await action()
      }
    },
  }
}

describe.each([
  ['a table', overDynamo],
  ['the memory of the tests', inMemory],
])('definitions in %s', (_, create) => {
  let subject: Subject
  beforeEach(async () => {
    subject = await create()
  })
  const put = (written: WrittenDefinition) => subject.definitions.amend('shop', () => written)

  it('are none at first, and read back as they were written', async () => {
    expect(await subject.definitions.read('shop')).toBeUndefined()
    expect(await put(mine)).toEqual(mine)
    expect(await subject.definitions.read('shop')).toEqual(mine)
    expect(await subject.definitions.read('shop-2')).toBeUndefined()
  })

  it('lose their owner when nobody’s is written', async () => {
    await put(mine)
    await put({ definition: DEFINITION })
    expect(await subject.definitions.read('shop')).toEqual({ definition: DEFINITION })
  })

  it('are gone when nothing is to stand any more', async () => {
    await put(mine)
    expect(await subject.definitions.amend('shop', () => undefined)).toBeUndefined()
    expect(await subject.definitions.read('shop')).toBeUndefined()
  })

  it('stay as they are where the change throws or returns what it saw', async () => {
    await put(mine)
    const refusal = new Error('no')
    const refused = subject.definitions.amend('shop', () => {
      throw refusal
    })
    await expect(refused).rejects.toBe(refusal)
    await subject.definitions.amend('shop', (seen) => seen)
    expect(await subject.definitions.read('shop')).toEqual(mine)
  })

  it.each([
    ['another writing', (): WrittenDefinition => ({ definition: { canary: 'shop' } })],
    ['a removal', (): undefined => undefined],
  ])('decide anew when there was %s in between', async (_name, rival) => {
    await put(mine)
    const seen: unknown[] = []
    subject.meanwhile(() => subject.definitions.amend('shop', rival))
    await subject.definitions.amend('shop', (present) => {
      seen.push(present)
      return { definition: { canary: 'shop', round: seen.length }, owner: 'me' }
    })
    expect(seen).toEqual([mine, rival()])
    expect(await subject.definitions.read('shop')).toMatchObject({ definition: { round: 2 } })
  })

  it('are not removed when somebody wrote in between and the change would keep that', async () => {
    await put(mine)
    subject.meanwhile(() => put({ ...mine, owner: 'other' }))
    await subject.definitions.amend('shop', (seen) => (seen?.owner === 'other' ? seen : undefined))
    expect(await subject.definitions.read('shop')).toMatchObject({ owner: 'other' })
  })
})

describe('a definition in the table', () => {
  it('counts its writings, and stands under readable names', async () => {
    const local = await createLocalTable()
    const definitions = local.definitions
    await definitions.amend('shop', () => mine)
    await definitions.amend('shop', () => ({ ...mine }))
    expect(await local.item('shop', 'definition')).toEqual({
      Canary: 'shop',
      Record: 'definition',
      Definition: DEFINITION,
      Owner: 'stack/Web',
      Version: 2,
    })
    expect(await local.store.readDefinition('shop')).toEqual(DEFINITION)
  })

  it('that a person wrote without a version is changed and removed like any other', async () => {
    const local = await createLocalTable()
    await local.put({ Canary: 'shop', Record: 'definition', Definition: { canary: 'shop' } })
    expect(await local.definitions.read('shop')).toEqual({ definition: { canary: 'shop' } })
    await local.definitions.amend('shop', () => undefined)
    expect(await local.item('shop', 'definition')).toBeUndefined()
  })

  it('that others write all the time is a matter of trying again', async () => {
    const local = await createLocalTable()
    await local.definitions.amend('shop', () => mine)
    let version = 100
    const by = () => local.edit('shop', 'definition', 'Version', version++)
    local.network.interrupt('UpdateItem', { kind: 'preceded', by }, 10)
    const amended = local.definitions.amend('shop', () => ({ ...mine }))
    await expect(amended).rejects.toThrow(TransientError)
  })

  it('is removed once where the answer was lost', async () => {
    const local = await createLocalTable()
    await local.definitions.amend('shop', () => mine)
    local.network.interrupt('DeleteItem', { kind: 'answer-lost' })
    const removed = () => local.definitions.amend('shop', () => undefined)
    await expect(removed()).rejects.toThrow(TransientError)
    expect(await removed()).toBeUndefined()
  })

  it('that is not there is not written by removing it', async () => {
    const local = await createLocalTable()
    expect(await createDynamoDefinitions(local.client, 'Canaries').read('none')).toBeUndefined()
    await local.definitions.amend('none', () => undefined)
    expect(local.network.asked).not.toContain('DeleteItem')
  })
})
