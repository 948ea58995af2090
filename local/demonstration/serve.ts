import type { Environment } from './environment/environment.ts'
import type { RolloutResult } from './rollout/result.ts'
import type { Stage } from './stage.ts'

/** How to look around, once everything is up. */
export function servingText(
  stage: Stage,
  environments: readonly Environment[],
  results: readonly RolloutResult[],
): string {
  const aws = `aws --endpoint-url ${stage.url}`
  const last = results.at(-1)
  const commands = [
    ...environments.flatMap((environment) => [
      ...environment.commands,
      `ecs describe-services --cluster ${environment.cluster} --services ${environment.services.blue} ${environment.services.green}`,
    ]),
    `dynamodb scan --table-name ${stage.records.tableName}`,
    ...(last
      ? [
          `stepfunctions get-execution-history --execution-arn ${stage.executions.arnOf(last.rollout)}`,
        ]
      : []),
  ]
  return [
    '',
    `Local AWS is up at ${stage.url}, and traffic goes on. For the AWS CLI:`,
    '',
    '  export AWS_DEFAULT_REGION=us-east-1 AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local',
    ...commands.map((command) => `  ${aws} ${command}`),
    '',
    'And for the sluice command, with the same variables:',
    '',
    `  export AWS_ENDPOINT_URL=${stage.url}`,
    '  npx sluice list',
    ...(last ? [`  npx sluice show ${last.rollout}`] : []),
    '',
    ...(last
      ? [
          `To roll ${last.canary}'s candidate out again, set Triggered to false, and look at the state as often as you like:`,
          '',
          `  ${aws} ${resetOf(stage.records.tableName, last.canary)}`,
          `  ${aws} ${stateOf(stage.records.tableName, last.canary)}`,
          '',
        ]
      : []),
    'Ctrl-C ends it.',
    '',
  ].join('\n')
}

const keyOf = (canary: string) => `--key '{"Canary":{"S":"${canary}"},"Record":{"S":"state"}}'`

const resetOf = (table: string, canary: string) =>
  `dynamodb update-item --table-name ${table} ${keyOf(canary)} --update-expression 'SET Triggered = :no' --expression-attribute-values '{":no":{"BOOL":false}}'`

const stateOf = (table: string, canary: string) =>
  `dynamodb get-item --table-name ${table} ${keyOf(canary)}`

/** Resolves at Ctrl-C, when somebody ends the process politely, or when nobody reads what it says any more. */
export function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => {
      if (process.stderr.isTTY) process.stderr.write('\nstopping…\n')
      resolve()
    })
    process.once('SIGTERM', () => resolve())
    process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
      resolve()
    })
  })
}
