import * as schemas from '@aws-sdk/client-sts'
import { STSClient } from '@aws-sdk/client-sts'
import { describe, expect, it } from 'vitest'
import { createRoleSessions } from '../../../adapters/sts-role-sessions.ts'
import { RoleError, TransientError } from '../../../core/errors.ts'
import { AwsError } from '../../../local/wire/service.ts'
import { scriptedService } from '../../fixtures/scripted-service.ts'

const ROLE = 'arn:aws:iam::123456789012:role/sluice/canary/Web-Role'
const HOUR = 3_600_000
const MINUTE = 60_000

/** STS that makes sessions of an hour, and a clock. `fails` are its next answers instead. */
function sts() {
  let now = Date.UTC(2026, 10, 20)
  const fails: Error[] = []
  const service = scriptedService('sts', schemas, {
    AssumeRole: (_, call) => {
      const fault = fails.shift()
      if (fault) throw fault
      return {
        Credentials: {
          AccessKeyId: `key-${call}`,
          SecretAccessKey: 'secret',
          SessionToken: 'token',
          Expiration: new Date(now + HOUR),
        },
      }
    },
  })
  const sessions = createRoleSessions(new STSClient(service.config), {
    functionName: 'fail-back',
    now: () => now,
  })
  return {
    ...service,
    fails,
    credentials: sessions.credentialsOf({ canary: 'web', role: ROLE }),
    sessions,
    pass: (milliseconds: number) => {
      now += milliseconds
    },
  }
}

describe("a canary's role", () => {
  it('is assumed under the canary’s name, with the function as a tag, for an hour', async () => {
    const { credentials, inputs } = sts()
    expect(await credentials()).toMatchObject({ accessKeyId: 'key-0', sessionToken: 'token' })
    expect(inputs).toEqual([
      {
        operation: 'AssumeRole',
        input: {
          RoleArn: ROLE,
          RoleSessionName: 'web',
          DurationSeconds: 3_600,
          Tags: [{ Key: 'sluice:function', Value: 'fail-back' }],
        },
      },
    ])
  })

  it.each([
    ['w', 'canary-w'],
    ['w'.repeat(64), 'w'.repeat(64)],
  ])('has a session name that STS takes, of %s', async (canary, name) => {
    const { sessions, inputs } = sts()
    await sessions.credentialsOf({ canary, role: ROLE })()
    expect(inputs[0]?.input).toMatchObject({ RoleSessionName: name })
  })

  it('is assumed once by a thousand concurrent requests, and once in 55 minutes', async () => {
    const { credentials, inputs, pass } = sts()
    await Promise.all(Array.from({ length: 1_000 }, () => credentials()))
    expect(inputs).toHaveLength(1)
    pass(55 * MINUTE)
    expect(await credentials()).toMatchObject({ accessKeyId: 'key-0' })
    pass(1)
    const renewed = await Promise.all([credentials(), credentials()])
    expect(renewed.map(({ accessKeyId }) => accessKeyId)).toEqual(['key-1', 'key-1'])
    expect(inputs).toHaveLength(2)
  })
})

describe('an AssumeRole that fails', () => {
  const denied = () =>
    new AwsError('AccessDenied', 'User: f is not authorized to perform: sts:AssumeRole', 403)

  it('is an error that names role, canary, function and mend', async () => {
    const { credentials, fails } = sts()
    fails.push(denied())
    const refused = credentials()
    await expect(refused).rejects.toThrow(RoleError)
    await expect(refused).rejects.toThrow(
      new RegExp(`role ${ROLE} of canary web .*fail-back: AccessDenied.*correct "role".*trusts`),
    )
    await expect(refused).rejects.toMatchObject({ name: 'RoleRefused', retryable: false })
  })

  it('is not kept: the next request asks anew', async () => {
    const { credentials, fails } = sts()
    fails.push(denied())
    await expect(credentials()).rejects.toThrow(RoleError)
    expect(await credentials()).toMatchObject({ accessKeyId: 'key-1' })
  })

  it.each([
    ['a throttle', () => new AwsError('Throttling', 'Rate exceeded')],
    ['a server’s error', () => new AwsError('InternalFailure', 'oops', 500)],
  ])('by %s is transient', async (_, fault) => {
    const { credentials, fails } = sts()
    fails.push(fault())
    await expect(credentials()).rejects.toThrow(TransientError)
  })

  it('by a lost connection is transient', async () => {
    const { credentials, network } = sts()
    network.interrupt('AssumeRole', { kind: 'unreachable' })
    await expect(credentials()).rejects.toThrow(TransientError)
  })

  it('in passing does not stop who still has credentials that are good', async () => {
    const { credentials, fails, pass } = sts()
    await credentials()
    pass(57 * MINUTE)
    fails.push(new AwsError('Throttling', 'Rate exceeded'))
    expect(await credentials()).toMatchObject({ accessKeyId: 'key-0' })
    expect(await credentials()).toMatchObject({ accessKeyId: 'key-2' })
  })

  it('by a refusal does, although the credentials would be good for a while', async () => {
    const { credentials, fails, pass } = sts()
    await credentials()
    pass(57 * MINUTE)
    fails.push(denied())
    await expect(credentials()).rejects.toThrow(RoleError)
  })

  it('when the credentials have run out, fails the request', async () => {
    const { credentials, fails, pass } = sts()
    await credentials()
    pass(60 * MINUTE)
    fails.push(new AwsError('Throttling', 'Rate exceeded'))
    await expect(credentials()).rejects.toThrow(TransientError)
  })
})
