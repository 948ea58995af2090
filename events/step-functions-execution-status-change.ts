import { ignored, type Parsed, parsed, read } from './outcome.ts'
import { parseRolloutInput, type RolloutInput } from './rollout-input.ts'
import * as z from './zod.ts'

export const EXECUTION_STATUS_CHANGE = 'Step Functions Execution Status Change'

/** How an execution ends that did not end in `Promoted`. */
export const BROKEN_OFF = ['ABORTED', 'TIMED_OUT', 'FAILED'] as const

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html */
const schema = z.looseObject({
  source: z.literal('aws.states'),
  'detail-type': z.literal(EXECUTION_STATUS_CHANGE),
  detail: z.looseObject({
    stateMachineArn: z.string(),
    name: z.string().check(z.minLength(1)),
    status: z.string(),
    /** JSON; null where it was too large to be included. */
    input: z.nullish(z.string()),
    error: z.nullish(z.string()),
    cause: z.nullish(z.string()),
  }),
})

export interface BrokenOffExecution {
  readonly execution: string
  readonly status: (typeof BROKEN_OFF)[number]
  readonly input: RolloutInput
  readonly cause?: string
}

/** An execution of our state machine that ended other than in `Promoted`. */
export function parseBrokenOffExecution(
  event: unknown,
  stateMachineArn: string,
): Parsed<BrokenOffExecution> {
  const change = read(schema, event, EXECUTION_STATUS_CHANGE)
  if (change.kind === 'ignored') return change
  const { detail } = change.value
  if (detail.stateMachineArn !== stateMachineArn) {
    return ignored(`detail.stateMachineArn is ${detail.stateMachineArn}, not ${stateMachineArn}`)
  }
  const status = BROKEN_OFF.find((ending) => ending === detail.status)
  if (!status) return ignored(`detail.status is ${detail.status}, not ${BROKEN_OFF.join(' or ')}`)
  const input = parseRolloutInput(fromJson(detail.input), 'input of a rollout in detail.input')
  if (input.kind === 'ignored') return input
  return parsed({ execution: detail.name, status, input: input.value, ...causeOf(detail) })
}

function causeOf(detail: { error?: string | null | undefined; cause?: string | null | undefined }) {
  const cause = [detail.error, detail.cause].filter(Boolean).join(': ')
  return cause === '' ? {} : { cause }
}

function fromJson(text: string | null | undefined): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    // Not JSON is no input of ours; the schema's reason says where.
    return undefined
  }
}
