import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
  ListRuleNamesByTargetCommand,
} from '@aws-sdk/client-eventbridge'
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { type BundledCommand, bundledCommand } from '../../fixtures/command.ts'
import { createLocalCanary, type LocalCanary } from '../../fixtures/in-process/local-canary.ts'

const MODIFY = 'elasticloadbalancing:ModifyRule'

let canary: LocalCanary
let command: BundledCommand
let folder: string

/** From nothing to a deployed version, in the order in which a person would go: each test goes on from the one before. */
beforeAll(async () => {
  canary = await createLocalCanary()
  const { url } = await canary.aws.listen()
  command = await bundledCommand({
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL: url,
  })
  folder = await mkdtemp(join(tmpdir(), 'sluice-definitions-'))
})

afterAll(async () => {
  await command.close()
  await canary.close()
  await rm(folder, { recursive: true })
})

const file = async (name: string, content: string) => {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}
const definitionFile = (changes: Record<string, unknown> = {}) =>
  file('web.yaml', stringify(canary.definition(changes)))
const record = () => canary.item('definition')
describe('init', () => {
  test('finds the pair that a rule splits traffic between, and writes its definition', async () => {
    const listed = await command.run(['init', '--list'])
    expect(listed.stderr).toBe('')
    expect(listed.stdout).toContain(
      'shop: shop/blue and shop/green, at shop:80, the rule for path-pattern',
    )
    expect(listed.stdout).toContain('blue is live')
    const path = join(folder, 'new.yaml')
    const { role } = canary.definition() as { role: string }
    const args = ['init', '--yes', '--name', 'web', '--role', role, '--output', path]
    const { code, stdout, stderr } = await command.run(args)
    expect(stderr).toBe('')
    expect(stdout).toContain(`sluice apply ${path}`)
    expect(code).toBe(0)
    const dry = await command.run(['apply', path, '--dry-run', '--json'])
    expect(JSON.parse(dry.stdout)).toMatchObject({ canary: 'web', result: 'dry-run', kind: 'new' })
  })

  test('asks nobody where nobody is', async () => {
    const { code, stderr } = await command.run(['init'])
    expect(code).toBe(2)
    expect(stderr).toContain('give --yes, and --pick one of shop')
  })
})

describe('a definition', () => {
  test('with errors is refused with the place of each, and nothing is written', async () => {
    const path = await definitionFile({ interval: 'soon', intervall: '30s' })
    const { code, stderr } = await command.run(['apply', path, '--yes'])
    expect(code).toBe(2)
    expect(stderr).toContain(`${path} has 2 errors; nothing is written`)
    expect(stderr).toMatch(/web\.yaml:\d+:1: interval \("soon"\): "soon" is not a duration/)
    expect(stderr).toMatch(/web\.yaml:\d+:1: intervall: is no field of a definition/)
    expect(await record()).toBeUndefined()
  })

  test('that points at nothing is refused in the words of a rollout', async () => {
    const slots = canary.definition().slots as Record<string, object>
    const lost = { ...slots, green: { ...slots.green, service: 'grene' } }
    const { code, stderr } = await command.run([
      'apply',
      await definitionFile({ slots: lost }),
      '--yes',
    ])
    expect(code).toBe(1)
    expect(stderr).toContain('slots.green.service ("shop/grene"): ECS has no such service')
    expect(await record()).toBeUndefined()
  })

  test('is not written where nobody can be asked, nor in a dry run', async () => {
    const path = await definitionFile()
    const asked = await command.run(['apply', path])
    expect(asked.stderr).toContain('Nobody can be asked without a terminal; give --yes')
    expect(asked.code).toBe(2)
    const dry = await command.run(['apply', path, '--dry-run', '--json'])
    expect(JSON.parse(dry.stdout)).toMatchObject({
      canary: 'web',
      result: 'dry-run',
      kind: 'new',
    })
    expect(await record()).toBeUndefined()
  })

  test('is written as it is in the file, and once more changes nothing', async () => {
    const path = await definitionFile()
    const first = await command.run(['apply', path, '--yes'])
    expect(first.stderr).toBe('')
    expect(first.stdout).toContain('web is new')
    expect(first.stdout).toContain('web: the canary is defined')
    expect(await record()).toMatchObject({ Definition: canary.definition(), Version: 1 })
    const again = await command.run(['apply', path, '--yes', '--json'])
    expect(JSON.parse(again.stdout)).toMatchObject({ result: 'unchanged', changes: [] })
    expect(await record()).toMatchObject({ Version: 1 })
    await canary.time.until('there is a state', async () => (await canary.state()) !== undefined)
  })

  test('that changes is shown by its differences', async () => {
    const path = await definitionFile({ keepRecords: '30d' })
    const { stdout, code } = await command.run(['apply', path, '--yes'])
    expect(stdout).toContain('  + keepRecords: "30d"')
    expect(code).toBe(0)
    expect(await record()).toMatchObject({ Version: 2 })
  })

  test('is planned: weights, times and what is to be known', async () => {
    const { stdout, code } = await command.run(['plan', 'web'])
    expect(code).toBe(0)
    expect(stdout).toContain('web-1 would move traffic from blue to green')
    expect(stdout).toContain('promoted in 3m 00s at the earliest')
    expect(stdout).toContain('green (shop/green) wants no tasks')
    const { steps } = JSON.parse((await command.run(['plan', 'web', '--json'])).stdout)
    expect(steps.map((one: { achieved: number }) => one.achieved)).toEqual([10, 50, 100])
    expect(await canary.item('rollout#1')).toBeUndefined()
  })
})

describe('the doctor', () => {
  const broken = async (...args: string[]) => {
    const { code, stdout } = await command.run(['doctor', ...args, '--json'])
    const { findings } = JSON.parse(stdout) as {
      findings: { level: string; about: string; what: string; mend: string }[]
    }
    return { code, broken: findings.filter(({ level }) => level === 'broken') }
  }

  test('finds nothing where all is in order', async () => {
    const { code, stdout, stderr } = await command.run(['doctor', '--all'])
    expect(stderr).toBe('')
    expect(stdout).toContain('parts are there and on')
    expect(stdout).toContain('it allows all that a rollout needs')
    expect(stdout).toContain('0 broken')
    expect(code).toBe(0)
  })

  test('finds a rule that is off', async () => {
    const events = new EventBridgeClient(canary.person)
    const lambda = new LambdaClient(canary.person)
    const { FunctionArn: TargetArn } = await lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName: 'sluice-trigger' }),
    )
    const { RuleNames: [Name = ''] = [] } = await events.send(
      new ListRuleNamesByTargetCommand({ TargetArn }),
    )
    await events.send(new DisableRuleCommand({ Name }))
    expect(await broken()).toEqual({
      code: 1,
      broken: [
        expect.objectContaining({
          about: `rule ${Name}`,
          what: 'it is disabled, and sluice-trigger hears of nothing',
          mend: expect.stringContaining('deploy the controller'),
        }),
      ],
    })
    await events.send(new EnableRuleCommand({ Name }))
  })

  test('finds what a role may not, and says which function needs it', async () => {
    const { role } = canary.definition() as { role: string }
    const { inline } = canary.aws.iam.state.role(role)
    const kept = new Map(inline)
    const policy = [...inline].map(
      ([name, statements]) =>
        [name, statements.filter(({ actions }) => !actions.patterns.includes(MODIFY))] as const,
    )
    for (const [name, statements] of policy) inline.set(name, statements)
    const { code, broken: found } = await broken('web')
    for (const [name, statements] of kept) inline.set(name, statements)
    expect(code).toBe(1)
    expect(found.map(({ what }) => what).sort()).toEqual([
      expect.stringContaining(`fail-back may not ${MODIFY} on arn:`),
      expect.stringContaining(`shift may not ${MODIFY} on arn:`),
    ])
  })
})

describe('strategies', () => {
  test('are listed with their steps, as a definition names them', async () => {
    const { stdout } = await command.run(['strategies'])
    expect(stdout).toContain('blue-green: a time to test it without traffic')
    expect(stdout).toContain('strategy: { type: linear, step: 10, bake: 5m }')
    const { strategies } = JSON.parse((await command.run(['strategies', '--json'])).stdout)
    expect(strategies[1]).toMatchObject({ name: 'blue-green', testWindow: 300 })
  })
})

describe('deploying', () => {
  test('without an image, or with two ways to say it, is a mistake', async () => {
    const none = await command.run(['deploy', 'web'])
    expect(none).toMatchObject({ code: 2, stdout: '' })
    expect(none.stderr).toContain('give either --image or --task-definition')
    const wrong = await command.run(['deploy', 'wbe', '--image', 'shop:2'])
    expect(wrong.stderr).toContain('did you mean "web"?')
    expect(wrong.code).toBe(2)
  })

  test('an image that nobody can pull starts no rollout, and is told with what ECS knows', async () => {
    const args = ['deploy', 'web', '--image', 'nowhere/shop:9', '--patience', '1s']
    const running = command.start(args)
    await running.says('waiting for the rollout of app:2 to begin')
    await canary.time.pass(10)
    const { code, stderr } = await running.finished
    expect(code).toBe(1)
    expect(stderr).toContain(
      'no rollout of app:2 began within 1 s (green, shop/green: 0 of 1 tasks',
    )
  })

  test('an image rolls it out, and ends with 0 once it is promoted', async () => {
    // As a pipeline's role, with no rights but these.
    const { arn: roleArn } = canary.aws.iam.state.putRole({
      name: 'pipeline',
      trust: { Statement: [] },
      inline: {
        deploy: {
          Statement: [
            {
              Effect: 'Allow',
              Action: [
                'lambda:GetFunctionConfiguration',
                'dynamodb:GetItem',
                'ecs:DescribeServices',
                'ecs:DescribeTaskDefinition',
                'ecs:RegisterTaskDefinition',
                'ecs:UpdateService',
              ],
              Resource: '*',
            },
          ],
        },
      },
    })
    const session = canary.aws.iam.issue({ roleArn, name: 'run' })
    const running = command.start(
      [
        ...['deploy', 'web', '--image', 'sluice/sample-app'],
        ...['--env', 'VERSION=2', '--tasks', '2'],
      ],
      {
        AWS_ACCESS_KEY_ID: session.accessKeyId,
        AWS_SECRET_ACCESS_KEY: session.secretAccessKey,
        AWS_SESSION_TOKEN: session.sessionToken,
      },
    )
    await running.says('waiting for the rollout of app:3 to begin')
    await canary.outcome(1)
    const { code, stdout, stderr } = await running.finished
    expect(stderr).toBe('')
    expect(stdout).toContain('registered app:3; green (shop/green) gets app:3, 2 tasks')
    expect(stdout).toContain('web-1 promoted')
    expect(code).toBe(0)
    expect(await canary.state()).toMatchObject({ Live: 'green', LastOutcome: 'promoted' })
  })

  test('what the idle slot had in its time is refused with what to do', async () => {
    const { code, stderr } = await command.run(['deploy', 'web', '--task-definition', 'app:1'])
    expect(code).toBe(1)
    expect(stderr).toContain('start another rollout of it with "sluice retrigger web"')
  })

  test('a bad version fails back, and ends with 1; Ctrl-C meanwhile ends the following alone', async () => {
    const args = ['deploy', 'web', '--image', 'sluice/sample-app', '--env', 'VERSION=3', '--json']
    const first = command.start(args)
    await first.says('"kind":"deployed"')
    const baking = async () => (await canary.rollout(2))?.Status === 'baking'
    await canary.time.until('web-2 bakes', baking)
    await first.says('"rollout":"web-2"')
    first.child.kill('SIGINT')
    const left = await first.finished
    expect(left.code).toBe(130)
    expect(left.stderr).toContain('web-2 goes on: it does not need this command.')
    expect(left.stderr).toContain('sluice abort web')
    const [deployed] = left.stdout.split('\n')
    expect(JSON.parse(deployed ?? '')).toMatchObject({
      deployed: { kind: 'deployed', slot: 'blue', after: 1 },
    })

    const again = command.start(args)
    await again.says('"kind":"under-way"')
    canary.healthOf('blue', 'unhealthy')
    await canary.outcome(2)
    const { code, stdout } = await again.finished
    expect(code).toBe(1)
    const last = JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
    expect(last).toMatchObject({ rollout: 'web-2', outcome: 'failed-back' })
    canary.healthOf('blue', 'healthy')
  })
})

describe('deleting', () => {
  test('asks, and removes the definition alone', async () => {
    expect((await command.run(['delete', 'web'])).code).toBe(2)
    const unknown = await command.run(['delete', 'wob', '--yes'])
    expect(unknown.stderr).toContain('did you mean "web"?')
    const { code, stdout } = await command.run(['delete', 'web', '--yes', '--json'])
    expect(JSON.parse(stdout)).toEqual({ canary: 'web', result: 'removed' })
    expect(code).toBe(0)
    expect(await record()).toBeUndefined()
    expect(await canary.state()).toMatchObject({ Live: 'green' })
  })
})
