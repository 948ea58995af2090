import { afterEach, describe, expect, it } from 'vitest'
import { revision } from '../fixtures/in-process/environment.ts'
import {
  createLocalCanary,
  type LocalCanary,
  type LocalCanaryOptions,
} from '../fixtures/in-process/local-canary.ts'
import { outage } from '../fixtures/in-process/outage.ts'

/** A canary reached through its role, with permissions enforced: what may happen to the role meanwhile. */
let canary: LocalCanary

afterEach(() => canary.close())

async function released(options: LocalCanaryOptions = {}): Promise<void> {
  canary = await createLocalCanary({ tasks: 1, ...options })
  await canary.define()
  await canary.time.pass(10)
  await canary.surroundings.deploy('green', revision(2))
}

const achieved = (weight: number) =>
  canary.time.until(
    `green has ${weight} %`,
    async () => (await canary.rollout(1))?.Achieved === weight,
  )
const timeline = async () =>
  ((await canary.rollout(1))?.Timeline as { what: string; why: string }[]) ?? []
const asked = (operation: string) =>
  canary.network.asked.filter((name) => name === operation).length
const minutes = (bake: number) => [
  { weight: 10, bake: `${bake}m` },
  { weight: 100, bake: '1m' },
]

/** The role as it stands, and what takes its trust away and gives it back. */
function role() {
  const name = 'canary-web'
  const found = canary.aws.iam.state.findRole(name)
  if (!found) throw new Error(`local IAM has no role ${name}`)
  const { trust } = found
  return {
    arn: found.arn,
    refuse: () => {
      found.trust = []
    },
    restore: () => {
      found.trust = trust
    },
    /** Another role that may do the same. Gives its ARN. */
    copy: () => {
      const { state } = canary.aws.iam
      const copy = state.putRole({ name: `${name}-2`, path: '/sluice/canary/', trust: {} })
      copy.trust = trust
      for (const [policy, document] of found.inline) copy.inline.set(policy, document)
      return copy.arn
    },
  }
}

describe("a canary's role", () => {
  it('is assumed once an hour by each function, however many invocations there are', async () => {
    await released({ definition: { plan: minutes(20), interval: '10s' } })
    expect(await canary.outcome(1)).toMatchObject({ Outcome: 'promoted' })
    const invoked = new Set(canary.invocations.map(({ fn }) => fn))
    expect(asked('AssumeRole')).toBeLessThanOrEqual(invoked.size)
    expect(canary.invocations.filter(({ fn }) => fn === 'assess').length).toBeGreaterThan(100)
  })

  it('is assumed anew where its session ends in the middle of a rollout', async () => {
    await released({ definition: { plan: minutes(150), interval: '5m' } })
    await achieved(10)
    const before = asked('AssumeRole')
    expect(await canary.outcome(1, 20_000)).toMatchObject({ Outcome: 'promoted' })
    const looks = asked('AssumeRole') - before
    // Two and a half hours of looks: the session of `assess` is renewed, and the verdicts never notice.
    expect(looks).toBeGreaterThanOrEqual(2)
    const errors = canary.metrics.filter((line) => line.VerdictError !== undefined)
    expect(errors).toEqual([])
  })

  it('that STS will not give for a while is waited for: the rollout goes on', async () => {
    canary = await createLocalCanary({ tasks: 1 })
    await canary.define()
    await canary.time.pass(10)
    outage(canary, 'AssumeRole', 45)
    await canary.surroundings.deploy('green', revision(2))
    expect(await canary.outcome(1)).toMatchObject({ Outcome: 'promoted' })
  })

  it('that denies a fail back is asked for hours, until it lets the baseline be restored', async () => {
    await released()
    await achieved(10)
    const denied = role()
    denied.refuse()
    canary.containers.tasks.at(-1)?.exit(1)
    await canary.time.until('it fails back', async () =>
      (await timeline()).some(({ what }) => what === 'decided to fail-back'),
    )
    await canary.time.pass(2 * 3_600)
    expect((await canary.weights()).green).toBeGreaterThan(0)
    expect((await canary.rollout(1))?.Outcome).toBeUndefined()
    const refusals = canary.metrics.filter((line) => line.FailBackFailed !== undefined).length
    expect(refusals).toBeGreaterThan(20)

    denied.restore()
    expect(await canary.outcome(1, 3_600)).toMatchObject({ Outcome: 'failed-back' })
    expect(await canary.weights()).toEqual({ blue: 1, green: 0 })
    expect(canary.executions().map(({ name }) => name)).toEqual(['web-1'])
  })

  it('that is gone for good is followed by another one: the rollout fails back as that', async () => {
    await released()
    await achieved(10)
    const lost = role()
    const definition = { ...canary.definition(), role: lost.copy() }
    canary.aws.iam.state.removeRole('canary-web')
    canary.containers.tasks.at(-1)?.exit(1)
    await canary.time.until('it fails back', async () =>
      (await timeline()).some(({ what }) => what === 'decided to fail-back'),
    )
    await canary.time.pass(600)
    expect((await canary.weights()).green).toBeGreaterThan(0)

    await canary.putDefinition(definition)
    expect(await canary.outcome(1, 3_600)).toMatchObject({ Outcome: 'failed-back' })
    expect(await canary.weights()).toEqual({ blue: 1, green: 0 })
  })

  it('that cannot be assumed ends a rollout before any shift, and the reason names it', async () => {
    canary = await createLocalCanary({ tasks: 1 })
    await canary.define()
    await canary.time.pass(10)
    const { arn, refuse } = role()
    // `trigger` has its session by then, and nobody else has.
    const by = async () => refuse()
    canary.network.interrupt('StartExecution', { kind: 'preceded', by })
    await canary.surroundings.deploy('green', revision(2))
    const ended = await canary.outcome(1, 7_200)
    expect(ended).toMatchObject({ Outcome: 'failed-back', Step: 0 })
    expect(ended.Reason).toContain(`RoleRefused: role ${arn} of canary web cannot be assumed`)
    expect(await canary.weights()).toEqual({ blue: 1, green: 0 })
  })

  it('that the definition changes during a rollout is the next one’s', async () => {
    await released()
    await achieved(10)
    const { arn } = role()
    // By a person in the table: `define` would refuse it.
    await canary.putDefinition({ ...canary.definition(), role: `${arn}-2` })
    expect(await canary.outcome(1)).toMatchObject({ Outcome: 'promoted' })
    expect(await canary.state()).toMatchObject({ Role: `${arn}-2` })
  })
})
