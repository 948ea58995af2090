import { noteAlarm } from '../../core/use-cases/note-alarm.ts'
import { noteStoppedTask } from '../../core/use-cases/note-stopped-task.ts'
import { ALARM_STATE_CHANGE, parseFiredAlarm } from '../../events/cloudwatch-alarm-state-change.ts'
import { parseStoppedTask } from '../../events/ecs-task-state-change.ts'
import { OPERATOR_SIGNALS } from '../../events/signal-request.ts'
import {
  type Container,
  clock,
  connect,
  identities,
  store,
  workflows,
} from '../shared/container.ts'
import { publish } from '../shared/metrics.ts'
import { answerRequest } from '../shared/signal-request.ts'
import { type EventResult, toldResult } from '../shared/watch.ts'
import { atFirstCall, watched } from '../shared/watched.ts'

const needs = { clock, store, workflows, identities }

/** What may interrupt a bake: a person's request, or an event of a task or an alarm (ADR 0003 says why all are here). */
export function createSignalHandler(container: Container<typeof needs>) {
  const { watch } = container

  async function stoppedTask(event: unknown): Promise<EventResult> {
    const stopped = parseStoppedTask(event)
    if (stopped.kind === 'ignored') return toldResult(watch, stopped)
    watch.logger.appendKeys({ ecs: stopped.value })
    const { deployment = '' } = stopped.value
    return toldResult(watch, await noteStoppedTask(container, { ...stopped.value, deployment }))
  }

  /** Of the canaries that an alarm is about, each is told on a line of its own; the first is the answer. */
  async function firedAlarm(event: unknown): Promise<EventResult> {
    const fired = parseFiredAlarm(event)
    if (fired.kind === 'ignored') return toldResult(watch, fired)
    watch.logger.appendKeys({ alarm: fired.value.alarm })
    const [first, ...others] = await noteAlarm(container, fired.value)
    for (const other of others) {
      toldResult(watch, other)
      // The next one is of another canary.
      publish(watch.metrics)
    }
    return toldResult(watch, first)
  }

  return watched(watch, async (event, { awsRequestId }) => {
    const type = detailTypeOf(event)
    if (type === undefined) return answerRequest(container, OPERATOR_SIGNALS, event, awsRequestId)
    return type === ALARM_STATE_CHANGE ? firedAlarm(event) : stoppedTask(event)
  })
}

/** EventBridge wraps all that it delivers in an envelope that has one; a person's request has none. */
function detailTypeOf(event: unknown): unknown {
  return typeof event === 'object' && event !== null ? Reflect.get(event, 'detail-type') : undefined
}

export const handler = atFirstCall(() => createSignalHandler(connect(needs)))
