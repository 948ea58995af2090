import * as sdk from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createIamApi } from '../../../local/services/iam/api.ts'
import { createIam } from '../../../local/services/iam/index.ts'
import { openTransport, transports } from '../../fixtures/wire-transports.ts'

const RULE = 'arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/shop/1/2/3'

describe.each(transports)('IAM %s', (transport) => {
  const iam = createIam()
  const role = iam.state.putRole({
    name: 'web',
    path: '/sluice/canary/',
    trust: { Statement: [] },
    inline: {
      canary: {
        Statement: [
          {
            Effect: 'Allow',
            Action: ['elasticloadbalancing:ModifyRule'],
            Resource: [RULE],
            Condition: { StringEquals: { 'aws:PrincipalTag/sluice:function': ['shift'] } },
          },
          { Effect: 'Allow', Action: ['ecs:*'], Resource: ['*'] },
          { Effect: 'Deny', Action: ['ecs:DeleteService'], Resource: ['*'] },
        ],
      },
    },
  }).arn
  let opened: Awaited<ReturnType<typeof openTransport>>
  let client: sdk.IAMClient

  beforeAll(async () => {
    opened = await openTransport(transport, [createIamApi(iam)])
    client = new sdk.IAMClient(opened.config)
  })
  afterAll(() => opened.close())

  const simulate = async (more: Partial<sdk.SimulatePrincipalPolicyCommandInput>) => {
    const input = { PolicySourceArn: role, ActionNames: [], ...more }
    const { EvaluationResults = [] } = await client.send(
      new sdk.SimulatePrincipalPolicyCommand(input),
    )
    return EvaluationResults
  }
  const decisions = async (more: Partial<sdk.SimulatePrincipalPolicyCommandInput>) =>
    (await simulate(more)).map(({ EvalDecision }) => EvalDecision)
  const asFunction = (name: string) => ({
    ContextEntries: [
      {
        ContextKeyName: 'aws:PrincipalTag/sluice:function',
        ContextKeyType: 'string' as const,
        ContextKeyValues: [name],
      },
    ],
  })

  it('a simulation says of each action and resource what the role’s policies say', async () => {
    const actions = ['ecs:DescribeServices', 'ecs:DeleteService', 'sqs:SendMessage']
    expect(await decisions({ ActionNames: actions })).toEqual([
      'allowed',
      'explicitDeny',
      'implicitDeny',
    ])
  })

  it('a condition holds by the context that is given, and what is not given is told as missing', async () => {
    const ask = { ActionNames: ['elasticloadbalancing:ModifyRule'], ResourceArns: [RULE] }
    expect(await decisions({ ...ask, ...asFunction('shift') })).toEqual(['allowed'])
    expect(await decisions({ ...ask, ...asFunction('verify') })).toEqual(['implicitDeny'])
    expect(await simulate(ask)).toMatchObject([
      {
        EvalDecision: 'implicitDeny',
        MissingContextValues: ['aws:principaltag/sluice:function'],
      },
    ])
  })

  it.each([
    ['an absent role', { PolicySourceArn: `${role}-two` }, 'NoSuchEntityException'],
    ['a user', { PolicySourceArn: 'arn:aws:iam::123456789012:user/me' }, 'InvalidInputException'],
    ['no action', { ActionNames: ['DescribeServices'] }, 'InvalidInputException'],
  ])('a simulation of %s is refused', async (_, more, name) => {
    await expect(simulate({ ActionNames: ['ecs:ListTasks'], ...more })).rejects.toMatchObject({
      name,
    })
  })

  it('another operation is refused', async () => {
    await expect(client.send(new sdk.ListRolesCommand({}))).rejects.toThrow(
      'local AWS does not have iam:ListRoles',
    )
  })
})
