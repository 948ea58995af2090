import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseCanaryRolloutStateChange } from '../../../events/canary-rollout-state-change.ts'
import { parseCustomResourceRequest } from '../../../events/cloudformation-custom-resource.ts'
import { parseFiredAlarm } from '../../../events/cloudwatch-alarm-state-change.ts'
import { parseBatch, parseStreamRecord } from '../../../events/dynamodb-stream.ts'
import { parseRunningTask, parseStoppedTask } from '../../../events/ecs-task-state-change.ts'
import { parseMessages, parseQueuedEvent } from '../../../events/queue-message.ts'
import { parseRolloutReminder } from '../../../events/rollout-reminder.ts'
import { OPERATOR_SIGNALS, parseSignalRequest } from '../../../events/signal-request.ts'
import { parseBrokenOffExecution } from '../../../events/step-functions-execution-status-change.ts'
import { anyValue } from '../grammar.ts'
import { mutated, wordsOf } from '../mutate.ts'
import type { Target } from '../target.ts'

const EVENTS = join(import.meta.dirname, '..', '..', '..', 'events')

const PARSERS: readonly ((event: unknown) => {
  readonly kind: string
  readonly reason?: string
})[] = [
  parseRunningTask,
  parseStoppedTask,
  (event) => parseBrokenOffExecution(event, 'arn:aws:states:us-east-1:123456789012:stateMachine:x'),
  parseBatch,
  parseStreamRecord,
  parseMessages,
  parseQueuedEvent,
  parseRolloutReminder,
  (event) => parseSignalRequest(event, OPERATOR_SIGNALS, 'invocation'),
  parseCanaryRolloutStateChange,
  parseCustomResourceRequest,
  parseFiredAlarm,
]

/** Whatever comes as an event is parsed, or ignored with a reason that says something. */
export function eventsTarget(): Target {
  const samples: unknown[] = globSync(join(EVENTS, '*', '*.json')).map((file) =>
    JSON.parse(readFileSync(file, 'utf8')),
  )
  const records = samples.flatMap((sample) => Reflect.get(sample as object, 'Records') ?? [])
  const words = wordsOf(samples)
  return {
    name: 'events',
    feed(dice) {
      const event = dice.oneIn(5)
        ? anyValue(dice, words)
        : mutated(dice, dice.pick([...samples, ...records]), words)
      for (const parse of PARSERS) {
        const outcome = parse(event)
        if (outcome.kind === 'parsed') continue
        if (outcome.kind !== 'ignored' || !outcome.reason || outcome.reason.length < 10) {
          throw new Error(`neither parsed nor ignored with a reason: ${JSON.stringify(outcome)}`)
        }
      }
    },
  }
}
