import * as sdk from '@aws-sdk/client-application-auto-scaling'
import { expect, test } from 'vitest'
import { createApplicationAutoscaling } from '../../../adapters/application-autoscaling.ts'
import { ProviderError, TransientError } from '../../../core/errors.ts'
import { AwsError } from '../../../local/wire/service.ts'
import { scriptedService } from '../../fixtures/scripted-service.ts'

const GREEN = { cluster: 'main', service: 'shop-green' }
const RESOURCE = 'service/main/shop-green'
const DIMENSION = { ServiceNamespace: 'ecs', ScalableDimension: 'ecs:service:DesiredCount' }

function autoscalingOver(operations: Parameters<typeof scriptedService>[2]) {
  const service = scriptedService('autoscaling', sdk, operations)
  const client = new sdk.ApplicationAutoScalingClient(service.config)
  return { autoscaling: createApplicationAutoscaling(client), ...service }
}

const target = (resource: string) => ({
  ...DIMENSION,
  ResourceId: resource,
  MinCapacity: 2,
  MaxCapacity: 8,
  RoleARN: 'arn:aws:iam::123456789012:role/scaling',
  CreationTime: new Date(0),
})

test("a service's bounds are read of its own target", async () => {
  const { autoscaling, inputs } = autoscalingOver({
    DescribeScalableTargets: () => ({ ScalableTargets: [target(RESOURCE)] }),
  })
  expect(await autoscaling.bounds(GREEN)).toEqual({ minimum: 2, maximum: 8 })
  expect(inputs).toEqual([
    { operation: 'DescribeScalableTargets', input: { ...DIMENSION, ResourceIds: [RESOURCE] } },
  ])
})

test('what nothing scales has no bounds, whatever else is told of', async () => {
  const { autoscaling } = autoscalingOver({
    DescribeScalableTargets: () => ({ ScalableTargets: [target('service/main/shop-green-2')] }),
  })
  expect(await autoscaling.bounds(GREEN)).toBeUndefined()
})

test('the minimum alone is written: the maximum and what is suspended stay', async () => {
  const { autoscaling, inputs } = autoscalingOver({ RegisterScalableTarget: () => ({}) })
  await autoscaling.setMinimum({ ...GREEN, targetGroup: 'not its' } as typeof GREEN, 5)
  expect(inputs).toEqual([
    {
      operation: 'RegisterScalableTarget',
      input: { ...DIMENSION, ResourceId: RESOURCE, MinCapacity: 5 },
    },
  ])
})

test.each(['ConcurrentUpdateException', 'InternalServiceException', 'ThrottlingException'])(
  '%s is worth a retry',
  async (code) => {
    const status = code === 'ThrottlingException' ? 400 : 500
    const { autoscaling } = autoscalingOver({
      RegisterScalableTarget: () => {
        throw new AwsError(code, 'wait', status)
      },
    })
    await expect(autoscaling.setMinimum(GREEN, 5)).rejects.toThrow(TransientError)
  },
)

test.each(['AccessDeniedException', 'ValidationException'])(
  '%s is a refusal that says what was asked and what to do',
  async (code) => {
    const { autoscaling } = autoscalingOver({
      RegisterScalableTarget: () => {
        throw new AwsError(code, 'User is missing the following permissions: [ecs:UpdateService]')
      },
    })
    const asked = autoscaling.setMinimum(GREEN, 5)
    await expect(asked).rejects.toThrow(ProviderError)
    await expect(asked).rejects.toThrow(
      `Application Auto Scaling RegisterScalableTarget (minimum 5 of main/shop-green) is refused: ${code}: User is missing the following permissions: [ecs:UpdateService]; correct the scalable target, or allow application-autoscaling:RegisterScalableTarget to the canary's role`,
    )
  },
)
