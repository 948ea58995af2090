import { FUNCTIONS } from '../../core/model/function-names.ts'
import type { Finding } from '../../core/use-cases/examine.ts'
import { callersReach, lazyStacks } from '../aws-ports.ts'
import type { Command } from '../command.ts'
import type { Container } from '../container.ts'
import { EXIT } from '../exit-codes.ts'
import { findState } from '../lookup.ts'
import type { Output } from '../output.ts'

export const doctor: Command = {
  name: 'doctor',
  describe: 'find what would keep rollouts from going well, with its mend',
  details:
    'Looks at the controller’s own parts, and at one canary or at all of them: definition and owner, services and autoscaling,\ntargets, router, time to live and stickiness, alarms, and what the role allows. Changes nothing. Ends with 1 where something\nis broken.',
  arguments: [
    {
      name: 'canary',
      describe: 'one canary; all of them unless told',
      kind: 'canary',
      optional: true,
    },
  ],
  options: [{ flags: '--all', describe: 'also what is in order' }],
  examples: [
    { what: 'The controller, and every canary', type: 'sluice doctor' },
    { what: 'Why does nothing start when I deploy web?', type: 'sluice doctor web' },
  ],
  async run(container, input, output) {
    const { examineCanary, examineController } = await import('../../core/use-cases/examine.ts')
    const asked = input.optional('canary')
    const names = asked === undefined ? await canariesOf(container) : [asked]
    if (asked !== undefined) await findState(container, asked)
    const ports = await examinePorts(container)
    const sections = [{ of: 'controller', findings: await examineController(ports) }]
    for (const name of names) {
      sections.push({ of: name, findings: await examineCanary(ports, name) })
    }
    const findings = sections.flatMap(({ of, findings }) => findings.map((one) => ({ of, ...one })))
    const count = (level: Finding['level']) => findings.filter((one) => one.level === level).length
    const shape = { broken: count('broken'), warnings: count('warning'), findings }
    output.result(shape, () => [
      ...sections.flatMap((one) => sectionLines(output, one, input.flag('all'))),
      `${shape.broken} broken, ${shape.warnings} to be known, ${count('ok')} in order`,
    ])
    return shape.broken > 0 ? EXIT.refused : EXIT.done
  },
}

async function canariesOf(container: Container): Promise<string[]> {
  const lists = await container.lists()
  return (await lists.states()).map(({ canary }) => canary)
}

async function examinePorts(container: Container) {
  const { aws } = container
  const [controller, store, definitions, reachOf] = await Promise.all([
    container.controller(),
    container.store(),
    container.definitions(),
    callersReach(container),
  ])
  const [
    { LambdaClient },
    { EventBridgeClient },
    { DynamoDBClient },
    { SFNClient },
    { IAMClient },
    { ElasticLoadBalancingV2Client },
    { createAwsInstallation },
    { createIamPermissions },
    { createAlbStickiness },
  ] = await Promise.all([
    import('@aws-sdk/client-lambda'),
    import('@aws-sdk/client-eventbridge'),
    import('@aws-sdk/client-dynamodb'),
    import('@aws-sdk/client-sfn'),
    import('@aws-sdk/client-iam'),
    import('@aws-sdk/client-elastic-load-balancing-v2'),
    import('../../adapters/aws-installation.ts'),
    import('../../adapters/iam-permissions.ts'),
    import('../../adapters/alb-stickiness.ts'),
  ])
  return {
    store,
    definitions,
    reachOf,
    stacks: lazyStacks(container),
    permissions: createIamPermissions(new IAMClient(aws)),
    stickiness: createAlbStickiness(new ElasticLoadBalancingV2Client(aws)),
    installation: createAwsInstallation({
      lambda: new LambdaClient(aws),
      eventbridge: new EventBridgeClient(aws),
      dynamodb: new DynamoDBClient(aws),
      sfn: new SFNClient(aws),
      controller: controller.name,
      functions: FUNCTIONS,
      table: controller.table,
      stateMachineArn: controller.stateMachineArn,
    }),
  }
}

const STYLES = { ok: 'green', warning: 'yellow', broken: 'red' } as const
const MARKS = { ok: 'ok     ', warning: 'known  ', broken: 'broken ' } as const

function sectionLines(
  { paint }: Pick<Output, 'paint'>,
  { of, findings }: { readonly of: string; readonly findings: readonly Finding[] },
  all: boolean,
): string[] {
  const shown = findings.filter(({ level }) => all || level !== 'ok')
  const lines = shown.flatMap(({ level, about, what, mend }) => [
    `  ${paint(STYLES[level], MARKS[level])} ${about}: ${what}`,
    ...(mend === '' ? [] : [`          ${paint('dim', mend)}`]),
  ])
  const nothing = shown.length === 0 ? [`  ${paint('green', MARKS.ok)} nothing was found`] : []
  return [paint('bold', of), ...lines, ...nothing, '']
}
