import type { NewEvent } from '../eventbridge/index.ts'
import type { Execution } from './execution.ts'
import { redriveDetails } from './redrive.ts'

/** https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html */
export function statusEvent(execution: Execution): NewEvent {
  const { redriveDate, ...redrive } = redriveDetails(execution)
  return {
    source: 'aws.states',
    detailType: 'Step Functions Execution Status Change',
    resources: [execution.arn],
    detail: {
      executionArn: execution.arn,
      stateMachineArn: execution.machine.arn,
      name: execution.name,
      status: execution.status,
      startDate: execution.startDate.getTime(),
      stopDate: execution.stopDate?.getTime() ?? null,
      input: execution.input,
      output: execution.ending.output ?? null,
      inputDetails: { included: true },
      outputDetails: execution.ending.output === undefined ? null : { included: true },
      error: execution.ending.error ?? null,
      cause: execution.ending.cause ?? null,
      redriveDate: redriveDate?.getTime() ?? null,
      redriveStatusReason: null,
      ...redrive,
    },
  }
}
