import { STRATEGY_NAMES } from '../../core/model/strategy-names.ts'
import type { Proposals, ProposedCanary } from '../../core/use-cases/propose-canaries.ts'
import { askerOf } from '../asker.ts'
import type { Command, Input } from '../command.ts'
import type { Container } from '../container.ts'
import { RefusedError, UsageError } from '../errors.ts'
import { EXIT } from '../exit-codes.ts'
import type { Output } from '../output.ts'

export const init: Command = {
  name: 'init',
  describe: 'look for pairs of services, and write a definition of one',
  details:
    'Looks at clusters, services, load balancers, hosted zones and weighted records of the account and region, and proposes\nwhat a canary could be made of: two services between which a rule, a listener or records split the traffic already. It\nwrites a file and nothing else; "sluice apply" defines the canary.',
  options: [
    { flags: '--pick <name>', describe: 'the proposal of that name, where there are several' },
    { flags: '--name <canary>', describe: 'another name for the canary' },
    { flags: '--role <arn>', describe: 'the role that the controller assumes for it' },
    {
      flags: '--strategy <name>',
      describe: 'how the traffic moves',
      choices: STRATEGY_NAMES,
      default: 'canary',
    },
    {
      flags: '-o, --output <file>',
      describe: 'where to write; NAME.yaml unless told',
      kind: 'file',
    },
    { flags: '-y, --yes', describe: 'do not ask, and replace the file if it is there' },
    { flags: '--list', describe: 'tell what is proposed, and write nothing' },
  ],
  examples: [
    { what: 'Ask, and write a definition', type: 'sluice init' },
    { what: 'What could be a canary here?', type: 'sluice init --list' },
    { what: 'Without a terminal', type: 'sluice init --pick shop --role arn:… -o shop.yaml --yes' },
  ],
  async run(container, input, output) {
    const { proposeCanaries } = await import('../../core/use-cases/propose-canaries.ts')
    const proposals = await proposeCanaries({ landscape: await landscapeOf(container) })
    if (input.flag('list')) {
      output.result(proposals, () => proposalLines(output, proposals))
      return EXIT.done
    }
    const chosen = await choose(container, input, output, proposals)
    const canary = await nameOf(container, input, chosen)
    const definition = definitionOf(input, chosen, canary)
    const file = input.option('output') ?? `${canary}.yaml`
    await write(container, input, file, definition)
    output.result({ file, definition }, () => [
      `${file} is written: ${canary}, between ${told(chosen)}`,
      ...(definition.role === undefined
        ? ['it names no role yet: on AWS the controller reaches nothing without']
        : []),
      `  what it would do:  sluice apply ${file} --dry-run`,
      `  define it:         sluice apply ${file}`,
    ])
    return EXIT.done
  },
}

async function landscapeOf({ aws }: Container) {
  const [
    { ECSClient },
    { ElasticLoadBalancingV2Client },
    { Route53Client },
    { createAwsLandscape },
  ] = await Promise.all([
    import('@aws-sdk/client-ecs'),
    import('@aws-sdk/client-elastic-load-balancing-v2'),
    import('@aws-sdk/client-route-53'),
    import('../../adapters/aws-landscape.ts'),
  ])
  return createAwsLandscape({
    ecs: new ECSClient(aws),
    elbv2: new ElasticLoadBalancingV2Client(aws),
    route53: new Route53Client(aws),
  })
}

async function choose(
  container: Container,
  input: Input,
  output: Output,
  proposals: Proposals,
): Promise<ProposedCanary> {
  const { canaries } = proposals
  const names = canaries.map(({ canary }) => canary).join(', ')
  const picked = input.option('pick')
  if (canaries.length === 0) {
    output.note(...proposalLines(output, proposals))
    throw new RefusedError(
      'nothing here splits traffic between two services yet; docs/guide/install.md says what a canary needs',
    )
  }
  if (picked !== undefined) {
    const found = canaries.find(({ canary }) => canary === picked)
    if (found) return found
    throw new UsageError(`--pick is "${picked}"; proposed are ${names}`)
  }
  const [only, ...more] = canaries
  if (only && more.length === 0 && input.flag('yes')) return only
  if (input.flag('yes')) throw new UsageError(`there are several proposals; give --pick ${names}`)
  const question = 'Which of these becomes a canary?'
  const asker = await askerOf(container, question, `give --yes, and --pick one of ${names}`)
  const options = canaries.map((value) => ({ value, label: value.canary, hint: told(value) }))
  return asker.choose(question, options)
}

async function nameOf(
  container: Container,
  input: Input,
  { canary }: ProposedCanary,
): Promise<string> {
  const { canaryName } = await import('../../core/model/places.ts')
  const given = input.option('name')
  const asked =
    given ??
    (input.flag('yes')
      ? canary
      : await (await askerOf(container, 'Its name?', 'give --name')).text('Its name?', canary))
  const parsed = canaryName.safeParse(asked)
  if (parsed.success) return parsed.data
  throw new UsageError(`"${asked}" is no canary's name; ${parsed.error.issues[0]?.message}`)
}

function definitionOf(input: Input, { live, slots, router }: ProposedCanary, canary: string) {
  const role = input.option('role')
  return {
    canary,
    live,
    ...(role === undefined ? {} : { role }),
    slots,
    router,
    strategy: input.option('strategy') ?? 'canary',
  }
}

async function write(
  container: Container,
  input: Input,
  file: string,
  definition: ReturnType<typeof definitionOf>,
): Promise<void> {
  const [{ writeFile }, { stringify }] = await Promise.all([
    import('node:fs/promises'),
    import('../view/yaml.ts'),
  ])
  const content = `# A canary of Sluice: "sluice apply" defines it, "sluice schema" tells what else may be in it.\n${stringify(definition, { lineWidth: 0 })}`
  const put = (flag: 'wx' | 'w') => writeFile(file, content, { flag })
  try {
    await put(input.flag('yes') ? 'w' : 'wx')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw new UsageError(`${file} cannot be written: ${(error as Error).message}`)
    }
    const question = `${file} is there already. Replace it?`
    const asker = await askerOf(container, question, 'give --yes, or another --output')
    if (!(await asker.confirm(question))) throw new RefusedError('nothing was written')
    await put('w')
  }
}

function told({ slots, told: place }: ProposedCanary): string {
  const { blue, green } = slots
  return `${blue.cluster}/${blue.service} and ${green.cluster}/${green.service}, at ${place}`
}

function proposalLines({ paint }: Pick<Output, 'paint'>, { canaries, nearly }: Proposals) {
  return [
    ...canaries.map((one) => `${paint('bold', one.canary)}: ${told(one)}; ${one.live} is live`),
    ...(canaries.length === 0 ? ['no pair of services was found'] : []),
    ...(nearly.length === 0 ? [] : ['', 'Nearly:']),
    ...nearly.map((one) => `  ${one.told}: ${one.lacks}`),
  ]
}
