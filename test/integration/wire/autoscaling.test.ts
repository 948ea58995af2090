import * as sdk from '@aws-sdk/client-application-auto-scaling'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createAutoscaling } from '../../../local/services/autoscaling/index.ts'
import { openTransport, transports } from '../../fixtures/wire-transports.ts'
import { startEcs } from '../local/ecs-service.ts'

const DIMENSION = {
  ServiceNamespace: 'ecs',
  ScalableDimension: 'ecs:service:DesiredCount',
} as const
const GREEN = { ...DIMENSION, ResourceId: 'service/main/green' }

describe.each(transports)('Application Auto Scaling %s', (transport) => {
  const { ecs, clock, createService, stop } = startEcs()
  // Requests over a socket want the real clock.
  clock.uninstall()
  const autoscaling = createAutoscaling(ecs)
  createService({ desiredCount: 3 })
  const green = ecs.state.services.get('main/green')
  let opened: Awaited<ReturnType<typeof openTransport>>
  let client: sdk.ApplicationAutoScalingClient

  beforeAll(async () => {
    opened = await openTransport(transport, [autoscaling])
    client = new sdk.ApplicationAutoScalingClient(opened.config)
  })
  beforeEach(() => {
    autoscaling.targets.clear()
    if (green) ecs.scale(green, 3)
  })
  afterAll(async () => {
    await opened.close()
    await stop()
  })

  const register = (more: Partial<sdk.RegisterScalableTargetCommandInput> = {}) =>
    client.send(new sdk.RegisterScalableTargetCommand({ ...GREEN, ...more }))
  const bounds = async () => {
    const { ScalableTargets } = await client.send(
      new sdk.DescribeScalableTargetsCommand({
        ServiceNamespace: 'ecs',
        ResourceIds: ['service/main/green'],
      }),
    )
    return ScalableTargets?.map(({ MinCapacity, MaxCapacity }) => [MinCapacity, MaxCapacity])
  }

  it('a service without bounds is no scalable target', async () => {
    expect(await bounds()).toEqual([])
  })

  it('registers a target, and describes it as it was registered', async () => {
    const { ScalableTargetARN: arn } = await register({ MinCapacity: 2, MaxCapacity: 8 })
    expect(arn).toMatch(/^arn:aws:application-autoscaling:us-east-1:123456789012:scalable-target\//)
    expect(await bounds()).toEqual([[2, 8]])
    expect(green?.desiredCount).toBe(3)
  })

  it('an update changes what it names, and leaves the rest', async () => {
    await register({ MinCapacity: 2, MaxCapacity: 8 })
    await register({ MinCapacity: 1 })
    expect(await bounds()).toEqual([[1, 8]])
  })

  it('a desired count outside of the bounds is brought inside at once', async () => {
    await register({ MinCapacity: 5, MaxCapacity: 8 })
    expect(green?.desiredCount).toBe(5)
    await register({ MinCapacity: 1, MaxCapacity: 2 })
    expect(green?.desiredCount).toBe(2)
  })

  it('lowering the minimum takes no task away', async () => {
    await register({ MinCapacity: 3, MaxCapacity: 8 })
    await register({ MinCapacity: 0 })
    expect(green?.desiredCount).toBe(3)
  })

  it('deregisters a target, once', async () => {
    await register({ MinCapacity: 2, MaxCapacity: 8 })
    await client.send(new sdk.DeregisterScalableTargetCommand(GREEN))
    expect(await bounds()).toEqual([])
    await expect(client.send(new sdk.DeregisterScalableTargetCommand(GREEN))).rejects.toMatchObject(
      { name: 'ObjectNotFoundException' },
    )
  })

  it('describes targets page by page', async () => {
    await register({ MinCapacity: 2, MaxCapacity: 8 })
    for (const name of ['a', 'b']) {
      autoscaling.targets.set(name, {
        resourceId: name,
        arn: name,
        createdAt: new Date(),
        minimum: 0,
        maximum: 1,
      })
    }
    const pages = sdk.paginateDescribeScalableTargets(
      { client, pageSize: 2 },
      { ServiceNamespace: 'ecs' },
    )
    const names: (string | undefined)[][] = []
    for await (const { ScalableTargets = [] } of pages) {
      names.push(ScalableTargets.map(({ ResourceId }) => ResourceId))
    }
    expect(names).toEqual([['service/main/green', 'a'], ['b']])
  })

  it.each([
    ['a target without a maximum', { MinCapacity: 1 }],
    ['a minimum above the maximum', { MinCapacity: 9, MaxCapacity: 8 }],
    ['a negative minimum', { MinCapacity: -1, MaxCapacity: 8 }],
    ['a service that is not there', { ResourceId: 'service/main/red', MinCapacity: 1 }],
    ['a table', { ResourceId: 'table/records', MinCapacity: 1, MaxCapacity: 2 }],
    ['another dimension', { ScalableDimension: 'rds:cluster:ReadReplicaCount' as const }],
    ['what it would have to ignore', { MaxCapacity: 8, MinCapacity: 1, Tags: { a: 'b' } }],
  ])('refuses %s', async (_, more) => {
    await expect(register(more)).rejects.toMatchObject({ name: 'ValidationException' })
    expect(autoscaling.targets.size).toBe(0)
  })

  describe('the alarm of a policy', () => {
    const scaled = async (desired: number, adjustment: number) => {
      await register({ MinCapacity: 2, MaxCapacity: 8 })
      if (green) ecs.scale(green, desired)
      autoscaling.alarm('service/main/green', adjustment)
      return green?.desiredCount
    }

    it.each([
      ['asks for more, up to the maximum', 7, 3, 8],
      ['asks for fewer, down to the minimum', 3, -3, 2],
      ['brings a count below the minimum inside on its way up', 0, 1, 3],
      ['leaves a count below the minimum where it is on its way down', 0, -1, 0],
      ['brings a count above the maximum inside on its way down', 12, -1, 7],
      ['leaves a count above the maximum where it is on its way up', 12, 1, 12],
    ])('%s', async (_, before, adjustment, after) => {
      expect(await scaled(before, adjustment)).toBe(after)
    })
  })
})
