import * as dynamodb from '@aws-sdk/client-dynamodb'
import { beforeEach, expect, test } from 'vitest'
import { createDynamoRecordStore } from '../../../adapters/dynamodb-record-store.ts'
import { DefinitionError } from '../../../core/errors.ts'
import { createLocalTable } from '../../fixtures/local-table.ts'
import { someRollout, someState } from '../../fixtures/records.ts'
import { scriptedService } from '../../fixtures/scripted-service.ts'

let local: Awaited<ReturnType<typeof createLocalTable>>
beforeEach(async () => {
  local = await createLocalTable()
})

test('the canaries of a candidate are found by one query, and those of no canary too', async () => {
  await local.store.createState(someState())
  local.network.asked.length = 0

  expect(await local.store.findByCandidate({ cluster: 'main', service: 'shop-green' })).toEqual([
    someState(),
  ])
  expect(await local.store.findByCandidate({ cluster: 'main', service: 'shop-blue' })).toEqual([])
  expect(local.network.asked).toEqual(['Query', 'Query'])
})

test('failure 8: a service is found by its whole name, never by a part of one', async () => {
  await local.store.createState(someState({ candidateService: 'main/green-app' }))
  for (const service of ['app', 'green', 'green-app-2', 'Green-App', '']) {
    expect(await local.store.findByCandidate({ cluster: 'main', service })).toEqual([])
  }
  const cluster = { cluster: 'mai', service: 'green-app' }
  expect(await local.store.findByCandidate(cluster)).toEqual([])
})

test('every page of the answer is read', async () => {
  // DynamoDB pages by the megabyte.
  const names = Array.from({ length: 6 }, (_, index) => `shop-${index}`)
  for (const canary of names) {
    await local.store.createState(someState({ canary }))
    await local.edit(canary, 'state', 'Note', 'x'.repeat(350_000))
  }
  local.network.asked.length = 0

  const found = await local.store.findByCandidate({ cluster: 'main', service: 'shop-green' })

  expect(found.map((state) => state.canary).sort()).toEqual(names)
  expect(local.network.asked.length).toBeGreaterThan(1)
})

test('an item that carries the attribute but is no state is passed over', async () => {
  await local.put({ Canary: 'shop', Record: 'note', CandidateService: 'main/shop-green' })
  expect(await local.store.findByCandidate({ cluster: 'main', service: 'shop-green' })).toEqual([])
})

test('a definition is given as it stands, whatever is in it', async () => {
  expect(await local.store.readDefinition('shop')).toBeUndefined()
  const definition = {
    canary: 'shop',
    plan: [{ weight: 12.5, bake: '5m' }],
    nonsense: [null, true],
  }
  await local.put({ Canary: 'shop', Record: 'definition', Version: 3, Definition: definition })
  expect(await local.store.readDefinition('shop')).toEqual(definition)
})

test('a definition record without its definition is refused by name', async () => {
  await local.put({ Canary: 'shop', Record: 'definition', Version: 3 })
  const read = local.store.readDefinition('shop')
  await expect(read).rejects.toThrow(DefinitionError)
  await expect(read).rejects.toThrow(
    'record definition of canary shop in table Canaries has no attribute Definition',
  )
})

test('failure 3: what decisions hang on is read strongly consistent', async () => {
  const { config, inputs } = scriptedService('dynamodb', dynamodb, {
    GetItem: () => ({}),
    UpdateItem: () => ({}),
  })
  const store = createDynamoRecordStore({
    client: new dynamodb.DynamoDBClient(config),
    table: 'Canaries',
    candidateIndex: 'ByCandidate',
  })
  await store.readDefinition('shop')
  await store.readState('shop')
  await store.amendState('shop', (seen) => seen).catch(() => undefined)
  await store.readRollout('shop', 1)
  await store.amendRollout('shop', 1, () => someRollout())
  const reads = inputs.filter(({ operation }) => operation === 'GetItem')
  expect(reads).toHaveLength(5)
  for (const { input } of reads) expect(input).toMatchObject({ ConsistentRead: true })
})
