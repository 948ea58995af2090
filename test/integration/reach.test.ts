import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Reached } from '../../core/ports.ts'
import { createContainer } from '../../functions/shared/container.ts'
import { parseEnvironment } from '../../functions/shared/environment.ts'
import { createLocalAws, type LocalAws } from '../../local/aws.ts'
import { clientConfig } from '../fixtures/client-config.ts'
import { interruptedHandler } from '../fixtures/interrupted-handler.ts'
import { createSimulatedTasks } from '../fixtures/simulated-tasks.ts'
import { ENVIRONMENT } from '../unit/functions/stub-container.ts'

const SERVICE = { cluster: 'none', service: 'none' }
const TRUST = {
  Effect: 'Allow',
  Principal: { AWS: 'arn:aws:iam::123456789012:root' },
  Action: ['sts:AssumeRole', 'sts:TagSession'],
}

let aws: LocalAws
beforeEach(() => {
  aws = createLocalAws({ tasks: createSimulatedTasks().runner })
})
afterEach(() => aws.close())

/** A role that may describe services as the function `shift` alone. */
function role(name: string): string {
  const StringEquals = { 'aws:PrincipalTag/sluice:function': ['shift'] }
  const described = { Effect: 'Allow', Action: 'ecs:DescribeServices', Resource: '*' }
  const inline = { canary: { Statement: [{ ...described, Condition: { StringEquals } }] } }
  return aws.iam.state.putRole({ name, trust: { Statement: [TRUST] }, inline }).arn
}

/** A function's container over local AWS, and what it asks STS for. */
function reaching(functionName = 'shift') {
  const network = interruptedHandler(aws.requestHandler)
  const { credentials } = clientConfig(network)
  const environment = { ...parseEnvironment(ENVIRONMENT), functionName }
  const { reachOf } = createContainer(environment, { requestHandler: network, credentials })
  const describeAs = (canary: Reached) => reachOf(canary).services.describe(SERVICE)
  const assumed = () => network.asked.filter((name) => name === 'AssumeRole').length
  return { reachOf, describeAs, assumed }
}

describe("what a canary's resources are reached as", () => {
  it('is the function itself, without a role', async () => {
    const { describeAs, assumed } = reaching()
    await describeAs({ canary: 'web' })
    expect(assumed()).toBe(0)
  })

  it('is its role, assumed at the first call, once for all of its services', async () => {
    const { reachOf, describeAs, assumed } = reaching()
    const canary = { canary: 'web', role: role('web') }
    const { services, alarms } = reachOf(canary)
    expect(assumed()).toBe(0)
    await Promise.all(Array.from({ length: 50 }, () => services.describe(SERVICE)))
    await expect(alarms.describe(['a'])).rejects.toThrow('cloudwatch:DescribeAlarms')
    await describeAs(canary)
    expect(assumed()).toBe(1)
  })

  it('is not what another function may be', async () => {
    const { describeAs } = reaching('verify')
    const refused = describeAs({ canary: 'web', role: role('web') })
    await expect(refused).rejects.toThrow(/assumed-role\/web\/web is not authorized/)
  })

  it('is a session of its own for each canary, also where two share a role', async () => {
    const { describeAs, assumed } = reaching()
    const shared = role('shared')
    await describeAs({ canary: 'web', role: shared })
    await describeAs({ canary: 'shop', role: shared })
    expect(assumed()).toBe(2)
  })

  it('is asked for anew where the definition names another role', async () => {
    const { describeAs, assumed } = reaching()
    await describeAs({ canary: 'web', role: role('one') })
    await describeAs({ canary: 'web', role: role('two') })
    await describeAs({ canary: 'web', role: role('one') })
    expect(assumed()).toBe(2)
  })

  it('is an error that names the role, where there is none', async () => {
    const { describeAs } = reaching()
    const arn = 'arn:aws:iam::123456789012:role/sluice/canary/gone'
    await expect(describeAs({ canary: 'web', role: arn })).rejects.toMatchObject({
      name: 'RoleRefused',
      message: expect.stringContaining(arn),
    })
  })

  it('is kept for a hundred canaries; of more, those unused for longest are asked for again', async () => {
    const { describeAs, assumed } = reaching()
    const shared = role('shared')
    const describeAll = async (from: number, to: number) => {
      for (let n = from; n < to; n++) await describeAs({ canary: `web-${n}`, role: shared })
    }
    await describeAll(0, 110)
    await describeAll(10, 110)
    expect(assumed()).toBe(110)
    await describeAll(0, 10)
    expect(assumed()).toBe(120)
  })
})
