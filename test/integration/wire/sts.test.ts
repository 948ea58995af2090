import * as sdk from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createIam } from '../../../local/services/iam/index.ts'
import { createSts } from '../../../local/services/sts/index.ts'
import { openTransport, transports } from '../../fixtures/wire-transports.ts'

const ROLE = 'arn:aws:iam::123456789012:role/sluice/canary/web'

describe.each(transports)('STS %s', (transport) => {
  const iam = createIam()
  const sts = createSts(iam)
  iam.state.putRole({ name: 'web', path: '/sluice/canary/', trust: { Statement: [] } })
  let opened: Awaited<ReturnType<typeof openTransport>>
  let client: sdk.STSClient

  beforeAll(async () => {
    opened = await openTransport(transport, [sts])
    client = new sdk.STSClient(opened.config)
  })
  afterAll(() => opened.close())

  const assume = (more: Partial<sdk.AssumeRoleCommandInput> = {}) =>
    client.send(new sdk.AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: 'web', ...more }))

  it('AssumeRole gives credentials of the role, with the tags', async () => {
    const answer = await assume({
      DurationSeconds: 900,
      Tags: [{ Key: 'sluice:function', Value: 'shift' }],
    })
    const { AccessKeyId: key = '', Expiration: end } = answer.Credentials ?? {}
    expect(answer.AssumedRoleUser?.Arn).toBe('arn:aws:sts::123456789012:assumed-role/web/web')
    expect(iam.sessionOf(key)).toMatchObject({
      roleArn: ROLE,
      name: 'web',
      tags: { 'sluice:function': 'shift' },
      expiresAt: end?.getTime(),
    })
    expect(Math.abs((end?.getTime() ?? 0) - Date.now() - 900_000)).toBeLessThan(60_000)
  })

  it.each([
    ['a name of one letter', { RoleSessionName: 'w' }, 'ValidationError'],
    ['a session too short', { DurationSeconds: 899 }, 'ValidationError'],
    ['a session too long', { DurationSeconds: 43_201 }, 'ValidationError'],
    ['an absent role', { RoleArn: ROLE.replace('web', 'shop') }, 'AccessDenied'],
    ['a role under another path', { RoleArn: ROLE.replace('canary/', '') }, 'AccessDenied'],
  ])('AssumeRole refuses %s', async (_, more, name) => {
    await expect(assume(more)).rejects.toMatchObject({ name })
  })

  it('a role that assumes a role gets an hour and no more', async () => {
    const { accessKeyId, secretAccessKey } = iam.issue({ roleArn: ROLE, name: 'first' })
    const credentials = { accessKeyId, secretAccessKey }
    const chained = new sdk.STSClient({ ...opened.config, credentials })
    const asking = (DurationSeconds: number) =>
      chained.send(
        new sdk.AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: 'web', DurationSeconds }),
      )
    await expect(asking(3_601)).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining('1 hour session limit for roles assumed by role chaining'),
    })
    expect((await asking(3_600)).Credentials).toBeDefined()
  })

  it('GetCallerIdentity says who signs', async () => {
    const answer = await client.send(new sdk.GetCallerIdentityCommand({}))
    expect(answer).toMatchObject({
      Account: '123456789012',
      Arn: 'arn:aws:iam::123456789012:root',
    })
    const credentials = iam.issue({ roleArn: ROLE, name: 'session' })
    const other = new sdk.STSClient({ ...opened.config, credentials })
    expect(await other.send(new sdk.GetCallerIdentityCommand({}))).toMatchObject({
      Arn: 'arn:aws:sts::123456789012:assumed-role/web/session',
    })
  })

  it('another operation is refused', async () => {
    await expect(client.send(new sdk.GetSessionTokenCommand({}))).rejects.toThrow(
      'local AWS does not have sts:GetSessionToken',
    )
  })
})
