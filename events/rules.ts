import { ALARM_STATE_CHANGE } from './cloudwatch-alarm-state-change.ts'
import { ECS_TASK_STATE_CHANGE } from './ecs-task-state-change.ts'
import { BROKEN_OFF, EXECUTION_STATUS_CHANGE } from './step-functions-execution-status-change.ts'

/** A field's values, of which one has to be there. */
type Matched = readonly (string | { readonly prefix: string })[]

/** An EventBridge rule: what it lets through, and which function gets it. */
export interface EventRule {
  readonly name: string
  readonly why: string
  readonly functionName: 'trigger' | 'signal' | 'guard'
  /**
   * `direct`: Lambda tries three times within minutes; the event is a hint, and others follow.
   * `queue`: it is the only one of its kind, so a queue keeps it for as long as the function fails.
   */
  readonly way: 'direct' | 'queue'
  readonly pattern: {
    readonly source: readonly string[]
    readonly detailType: readonly string[]
    readonly detail: Readonly<Record<string, Matched | Readonly<Record<string, Matched>>>>
  }
}

/** Tasks that a person or a schedule ran are no service's: they are not worth an invocation. */
const OF_A_SERVICE = [{ prefix: 'service:' }]

/** The rules of one controller. Events of other accounts' or regions' services do not reach the bus. */
export function eventRules(stateMachineArn: string): readonly EventRule[] {
  return [
    {
      name: 'TaskRunning',
      why: 'A task of a service runs: perhaps the first of a new revision in an idle slot',
      functionName: 'trigger',
      way: 'direct',
      pattern: {
        source: ['aws.ecs'],
        detailType: [ECS_TASK_STATE_CHANGE],
        detail: { lastStatus: ['RUNNING'], desiredStatus: ['RUNNING'], group: OF_A_SERVICE },
      },
    },
    {
      name: 'TaskStopped',
      why: 'A task of a service stopped: perhaps a crash that a bake should hear of at once',
      functionName: 'signal',
      way: 'direct',
      pattern: {
        source: ['aws.ecs'],
        detailType: [ECS_TASK_STATE_CHANGE],
        detail: { lastStatus: ['STOPPED'], group: OF_A_SERVICE },
      },
    },
    {
      name: 'AlarmFired',
      why: 'An alarm went to ALARM: perhaps one that a rollout is held against, whose bake should hear of it at once',
      functionName: 'signal',
      way: 'direct',
      pattern: {
        source: ['aws.cloudwatch'],
        detailType: [ALARM_STATE_CHANGE],
        detail: { state: { value: ['ALARM'] } },
      },
    },
    {
      name: 'ExecutionEnded',
      why: 'An execution ended without promotion; StopExecution and timeouts bypass every Catch',
      functionName: 'guard',
      way: 'queue',
      pattern: {
        source: ['aws.states'],
        detailType: [EXECUTION_STATUS_CHANGE],
        detail: { status: BROKEN_OFF, stateMachineArn: [stateMachineArn] },
      },
    },
  ]
}
