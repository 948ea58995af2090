import type {
  DeleteRuleRequest,
  DescribeRuleRequest,
  ListRuleNamesByTargetRequest,
  ListRulesRequest,
  ListTargetsByRuleRequest,
  PutRuleRequest,
  PutTargetsRequest,
  RemoveTargetsRequest,
  Target,
} from '@aws-sdk/client-eventbridge'
import { AwsError } from '../../wire/service.ts'
import { PatternError, parsePattern } from './pattern.ts'
import { BUS, type Rule, type Rules, requireBus, ruleArn } from './state.ts'

const TARGET_SERVICES = ['lambda', 'sns', 'sqs', 'states']
const TARGET_MEMBERS = new Set([
  'Id',
  'Arn',
  'RoleArn',
  'Input',
  'InputPath',
  'InputTransformer',
  'DeadLetterConfig',
  'RetryPolicy',
])

export const ruleOperations = (rules: Rules) => ({
  PutRule(input: PutRuleRequest) {
    requireBus(input.EventBusName)
    const { Name: name, EventPattern: text } = input
    if (!name || !text) {
      throw new AwsError('ValidationException', 'Name and EventPattern are both needed')
    }
    rules.put({
      name,
      arn: ruleArn(name),
      patternText: text,
      pattern: patternOf(text),
      description: input.Description,
      state: input.State ?? 'ENABLED',
      targets: rules.named(name)?.targets ?? [],
    })
    return { RuleArn: ruleArn(name) }
  },

  DescribeRule(input: DescribeRuleRequest) {
    requireBus(input.EventBusName)
    return described(rules.get(input.Name))
  },

  ListRules(input: ListRulesRequest) {
    requireBus(input.EventBusName)
    const prefix = input.NamePrefix ?? ''
    return {
      Rules: rules
        .all()
        .filter((rule) => rule.name.startsWith(prefix))
        .map(described),
    }
  },

  DeleteRule(input: DeleteRuleRequest) {
    requireBus(input.EventBusName)
    const rule = rules.named(input.Name ?? '')
    if (rule && rule.targets.length > 0) {
      throw new AwsError('ValidationException', "Rule can't be deleted since it has targets.")
    }
    rules.remove(input.Name ?? '')
    return {}
  },

  EnableRule(input: DescribeRuleRequest) {
    rules.get(input.Name).state = 'ENABLED'
    return {}
  },

  DisableRule(input: DescribeRuleRequest) {
    rules.get(input.Name).state = 'DISABLED'
    return {}
  },

  PutTargets(input: PutTargetsRequest) {
    requireBus(input.EventBusName)
    const rule = rules.get(input.Rule)
    const given = input.Targets ?? []
    for (const target of given) requireTarget(target)
    const ids = new Set(given.map((target) => target.Id))
    rule.targets = [...rule.targets.filter((target) => !ids.has(target.Id)), ...given]
    return { FailedEntryCount: 0, FailedEntries: [] }
  },

  RemoveTargets(input: RemoveTargetsRequest) {
    requireBus(input.EventBusName)
    const rule = rules.get(input.Rule)
    const ids = new Set<string | undefined>(input.Ids)
    rule.targets = rule.targets.filter((target) => !ids.has(target.Id))
    return { FailedEntryCount: 0, FailedEntries: [] }
  },

  ListRuleNamesByTarget(input: ListRuleNamesByTargetRequest) {
    requireBus(input.EventBusName)
    const aimed = rules
      .all()
      .filter(({ targets }) => targets.some(({ Arn }) => Arn === input.TargetArn))
    return { RuleNames: aimed.map(({ name }) => name) }
  },

  ListTargetsByRule(input: ListTargetsByRuleRequest) {
    requireBus(input.EventBusName)
    return { Targets: [...rules.get(input.Rule).targets] }
  },
})

function patternOf(text: string): Rule['pattern'] {
  try {
    return parsePattern(text)
  } catch (error) {
    if (error instanceof PatternError) throw new AwsError(error.name, error.message)
    throw error
  }
}

function requireTarget(target: Target): void {
  const service = target.Arn?.split(':')[2] ?? ''
  if (!TARGET_SERVICES.includes(service)) {
    throw new AwsError(
      'ValidationException',
      `local AWS does not deliver to ${target.Arn} (target ${target.Id}); it delivers to ${TARGET_SERVICES.join(', ')}`,
    )
  }
  const foreign = Object.entries(target).find(
    ([member, value]) => value !== undefined && !TARGET_MEMBERS.has(member),
  )
  if (!foreign) return
  throw new AwsError(
    'ValidationException',
    `local AWS does not have ${foreign[0]} (target ${target.Id}); it has ${[...TARGET_MEMBERS].join(', ')}`,
  )
}

const described = (rule: Rule) => ({
  Name: rule.name,
  Arn: rule.arn,
  EventPattern: rule.patternText,
  State: rule.state,
  Description: rule.description,
  EventBusName: BUS,
})
