import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { REMINDER_SECONDS } from '../../core/model/reminder.ts'
import { eventRules } from '../../events/rules.ts'
import { parseEnvironment } from '../../functions/shared/environment.ts'
import { FUNCTIONS, pascalCase } from '../../infra/function-names.ts'
import { ASSEMBLY, at, onlyResource, type Resource, resourcesOf, target } from './template.ts'

/** Those of `functions/`; the other one is CDK's provider framework. */
const functions = resourcesOf('AWS::Lambda::Function').filter(
  ([, { Properties }]) => Properties.Handler === 'index.handler',
)
const rules = resourcesOf('AWS::Events::Rule')

describe('the table', () => {
  const table = onlyResource('AWS::DynamoDB::Table')

  it('keeps what people and rollouts wrote, whatever happens to the stack', () => {
    expect(table.DeletionPolicy).toBe('Retain')
    expect(table.UpdateReplacePolicy).toBe('Retain')
    expect(table.Properties).toMatchObject({
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true },
    })
  })

  it('is keyed, indexed, streamed and cleaned up by the names that the records have', () => {
    expect(table.Properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'Canary', KeyType: 'HASH' },
        { AttributeName: 'Record', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'ByCandidate',
          KeySchema: [{ AttributeName: 'CandidateService', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
      TimeToLiveSpecification: { AttributeName: 'ExpiresAt', Enabled: true },
    })
  })

  it('is not filled by the stack (failure 11: an entry overwritten at every update)', () => {
    const customResources = resourcesOf('AWS::CloudFormation::CustomResource')
    expect(customResources).toEqual([])
    expect(resourcesOf('Custom::AWS')).toEqual([])
  })
})

describe.each(functions)('the function %s', (name, { Properties }) => {
  it('runs as Lambda does best for it', () => {
    expect(Properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      // `define` waits for roles that a stack has only just made.
      Timeout: name.includes('Define') ? 120 : 30,
      TracingConfig: { Mode: 'Active' },
    })
  })

  it('is told all that it needs, its own name too, and traces errors back to the source', () => {
    const variables = at(Properties, 'Environment', 'Variables') as Record<string, unknown>
    const texts = Object.entries(variables).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : 'arn:of:something',
    ])
    expect(() => parseEnvironment(Object.fromEntries(texts))).not.toThrow()
    expect(name).toContain(pascalCase(`${variables.FUNCTION_NAME}`))
    expect(variables.NODE_OPTIONS).toBe('--enable-source-maps')
  })

  it('logs to a group that forgets', () => {
    const group = target(at(Properties, 'LoggingConfig', 'LogGroup'))
    const found = resourcesOf('AWS::Logs::LogGroup').find(([id]) => id === group)
    expect(at(found?.[1].Properties, 'RetentionInDays')).toBe(90)
  })

  it('carries its code and source map in an asset of its own', () => {
    const key = String(at(Properties, 'Code', 'S3Key')).replace('.zip', '')
    const code = readFileSync(join(ASSEMBLY, `asset.${key}`, 'index.mjs'), 'utf8')
    expect(code).toContain('//# sourceMappingURL=index.mjs.map')
    expect(Buffer.byteLength(code)).toBeLessThan(500_000)
    const map = JSON.parse(readFileSync(join(ASSEMBLY, `asset.${key}`, 'index.mjs.map'), 'utf8'))
    const name = String(Properties.FunctionName).replace(/^sluice-/, '')
    expect(map.sources).toContain(`../../functions/${name}/index.ts`)
  })
})

describe('definitions', () => {
  it('reach define through the function that canaries of other stacks know by its name', () => {
    const [, framework] =
      resourcesOf('AWS::Lambda::Function').find(
        ([, { Properties }]) => Properties.FunctionName === 'sluice-definitions',
      ) ?? []
    const called = at(
      framework?.Properties,
      'Environment',
      'Variables',
      'USER_ON_EVENT_FUNCTION_ARN',
    )
    expect(functionOf(called)?.Properties.FunctionName).toBe('sluice-define')
  })
})

it('has a function for every folder of functions/', () => {
  const names = functions.map(([, { Properties }]) => Properties.FunctionName)
  expect(names.sort()).toEqual(FUNCTIONS.map((name) => `sluice-${name}`).sort())
})

describe('events', () => {
  it.each(eventRules('arn'))(
    'reach $functionName by the rule $name',
    ({ name, pattern, ...rule }) => {
      const [, found] = rules.find(([id]) => id.includes(name)) ?? []
      const { stateMachineArn: _, ...detail } = pattern.detail
      expect(found?.Properties.EventPattern).toMatchObject({
        source: pattern.source,
        'detail-type': pattern.detailType,
        detail,
      })
      const arn = at(found?.Properties, 'Targets', 0, 'Arn')
      const fn = functionOf(rule.way === 'direct' ? arn : pollerOf(arn)?.Properties.FunctionName)
      expect(fn?.Properties.FunctionName).toBe(`sluice-${rule.functionName}`)
    },
  )

  it.each(rules)('that %s cannot deliver are kept', (_, { Properties }) => {
    const targets = Properties.Targets as unknown[]
    expect(targets.length).toBeGreaterThan(0)
    for (const one of targets) {
      expect(queue(at(one, 'DeadLetterConfig', 'Arn'))).toBeDefined()
      expect(at(one, 'RetryPolicy')).toEqual({
        MaximumEventAgeInSeconds: 86_400,
        MaximumRetryAttempts: 185,
      })
    }
  })

  it.each(rules)('that a function of %s cannot handle are kept', (_, { Properties }) => {
    for (const one of Properties.Targets as unknown[]) {
      if (isTopic(at(one, 'Arn'))) continue
      const between = queue(at(one, 'Arn'))
      if (between) {
        expect(queue(at(between.Properties, 'RedrivePolicy', 'deadLetterTargetArn'))).toBeDefined()
        continue
      }
      const fn = target(at(one, 'Arn'))
      const [, config] =
        resourcesOf('AWS::Lambda::EventInvokeConfig').find(
          ([, resource]) => target(resource.Properties.FunctionName) === fn,
        ) ?? []
      const destination = at(config?.Properties, 'DestinationConfig', 'OnFailure', 'Destination')
      expect(queue(destination)).toBeDefined()
    }
  })

  describe('of ended executions, which come once and must not be lost,', () => {
    const [rule, found] = rules.find(([id]) => id.includes('ExecutionEnded')) ?? []
    const arn = at(found?.Properties, 'Targets', 0, 'Arn')
    const { RedrivePolicy, ...properties } = queue(arn)?.Properties ?? {}

    it('wait in an encrypted queue for as long as guard cannot work, at least 6 hours', () => {
      expect(properties).toEqual({
        MessageRetentionPeriod: 14 * 86_400,
        SqsManagedSseEnabled: true,
        VisibilityTimeout: 180,
      })
      expect(Number(at(RedrivePolicy, 'maxReceiveCount')) * 180).toBeGreaterThanOrEqual(6 * 3_600)
      const [kept] = resourcesOf('AWS::SQS::Queue').find(([id]) => id.includes('Unhandled')) ?? []
      expect(target(at(RedrivePolicy, 'deadLetterTargetArn'))).toBe(kept)
    })

    it('come one by one, and not again while guard may still run', () => {
      const poller = pollerOf(arn)
      expect(poller?.Properties.BatchSize).toBe(1)
      const fn = functionOf(poller?.Properties.FunctionName)
      expect(fn?.Properties.FunctionName).toBe('sluice-guard')
      expect(properties.VisibilityTimeout).toBe(6 * Number(fn?.Properties.Timeout))
    })

    it('come again as a reminder has to, which is no failure to Lambda', () => {
      expect(pollerOf(arn)?.Properties.FunctionResponseTypes).toEqual(['ReportBatchItemFailures'])
      expect(properties.VisibilityTimeout).toBe(REMINDER_SECONDS)
    })

    it('are put there by the rule, and beside it by the roles of functions alone, and only over TLS', () => {
      const [, policy] =
        resourcesOf('AWS::SQS::QueuePolicy').find(
          ([, { Properties }]) => target(at(Properties, 'Queues', 0)) === target(arn),
        ) ?? []
      const [denied, allowed, ...others] = at(
        policy?.Properties,
        'PolicyDocument',
        'Statement',
      ) as Record<string, unknown>[]
      expect(others).toEqual([])
      expect(denied).toMatchObject({
        Effect: 'Deny',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      })
      expect(allowed).toMatchObject({
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Condition: { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': [rule, 'Arn'] } } },
      })
      expect(at(allowed, 'Action')).toBe('sqs:SendMessage')
    })
  })

  it('that guard gets are of this state machine alone', () => {
    const [, found] = rules.find(([id]) => id.includes('ExecutionEnded')) ?? []
    const arn = JSON.stringify(at(found?.Properties.EventPattern, 'detail', 'stateMachineArn'))
    expect(arn).toContain(':stateMachine:sluice')
  })

  it("of the table's stream are those of definitions and states, one failing at a time, for a day", () => {
    const [, { Properties } = { Properties: {} }] =
      resourcesOf('AWS::Lambda::EventSourceMapping').find(
        ([, one]) => at(one.Properties.EventSourceArn, 'Fn::GetAtt', 1) === 'StreamArn',
      ) ?? []
    const filters = at(Properties, 'FilterCriteria', 'Filters') as { Pattern: string }[]
    expect(filters.map(({ Pattern }) => JSON.parse(Pattern))).toEqual([
      { dynamodb: { Keys: { Record: { S: ['state', 'definition'] } } } },
    ])
    expect(Properties).toMatchObject({
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      MaximumRetryAttempts: -1,
      MaximumRecordAgeInSeconds: 86_400,
    })
    expect(queue(at(Properties, 'DestinationConfig', 'OnFailure', 'Destination'))).toBeDefined()
  })
})

describe('the workflow', () => {
  const { Properties } = onlyResource('AWS::StepFunctions::StateMachine')
  const key = String(at(Properties, 'DefinitionS3Location', 'Key'))
  const deployed = readFileSync(join(ASSEMBLY, `asset.${key}`), 'utf8')

  it('is the file statemachine/canary.asl.json, to the byte', () => {
    const file = new URL('../../statemachine/canary.asl.json', import.meta.url)
    expect(deployed).toBe(readFileSync(file, 'utf8'))
  })

  it('gets a function for each of its places, and none besides', () => {
    const places = new Set([...deployed.matchAll(/\$\{(\w+)\}/g)].map(([, place]) => place))
    const substitutions = Properties.DefinitionSubstitutions as Record<string, unknown>
    expect(Object.keys(substitutions).sort()).toEqual([...places].sort())
    for (const [place, arn] of Object.entries(substitutions)) {
      const name = String(functionOf(arn)?.Properties.FunctionName)
      expect(`${name.replaceAll('-', '')}function`).toBe(`sluice${place.toLowerCase()}`)
    }
  })

  it('is logged without the data, which could outgrow a log event, and traced', () => {
    expect(Properties.LoggingConfiguration).toMatchObject({
      Level: 'ALL',
      IncludeExecutionData: false,
    })
    expect(Properties.TracingConfiguration).toEqual({ Enabled: true })
  })

  it('is what functions start and answer', () => {
    const name = Properties.StateMachineName
    for (const [, fn] of functions) {
      const arn = at(fn.Properties, 'Environment', 'Variables', 'STATE_MACHINE_ARN')
      expect(JSON.stringify(arn)).toContain(`:stateMachine:${name}"`)
    }
  })
})

function functionOf(reference: unknown): Resource | undefined {
  return functions.find(([id]) => id === target(reference))?.[1]
}

/** The mapping that polls a queue. */
function pollerOf(arn: unknown): Resource | undefined {
  return resourcesOf('AWS::Lambda::EventSourceMapping').find(
    ([, { Properties }]) => target(Properties.EventSourceArn) === target(arn),
  )?.[1]
}

function queue(reference: unknown): Resource | undefined {
  return resourcesOf('AWS::SQS::Queue').find(([id]) => id === target(reference))?.[1]
}

function isTopic(arn: unknown): boolean {
  return resourcesOf('AWS::SNS::Topic').some(([id]) => id === target(arn))
}
