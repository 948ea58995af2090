import { SFNClient, StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn'
import { otherSlot, type Slot } from '../../core/model/slot.ts'
import { clientConfig } from '../fixtures/client-config.ts'
import { revision } from '../fixtures/in-process/environment.ts'
import type { Journal } from './journal.ts'
import type { Records } from './records.ts'
import type { Happening } from './scenario.ts'
import { CANARY, type Stage } from './stage.ts'
import { createStrayEvents } from './stray-events.ts'

/** Signals that go to a function of their own. */
const APPROVERS = ['approve', 'reject']

/** Does what a scenario says, when it says it. */
export function createDeeds(stage: Stage, records: Records, journal: Journal) {
  const sfn = new SFNClient(clientConfig(stage.aws.requestHandler))
  const publishStray = createStrayEvents(stage.aws)
  const deployed: Readonly<Record<Slot, Set<string>>> = {
    blue: new Set([revision(1)]),
    green: new Set([revision(1)]),
  }
  const candidate = () => otherSlot(records.state?.live ?? 'blue')
  const running = () =>
    [...stage.aws.stepfunctions.state.executions.values()].filter(
      ({ status }) => status === 'RUNNING',
    )
  const after = (seconds: number, undo: () => unknown): void => {
    setTimeout(() => void undo(), seconds * 1_000)
  }

  const act = async (happening: Happening): Promise<void> => {
    switch (happening.kind) {
      case 'deploy':
        deployed[candidate()].add(revision(happening.revision))
        return stage.surroundings.deploy(candidate(), revision(happening.revision))
      case 'ill': {
        const slot = candidate()
        stage.healthOf(slot, 'unhealthy')
        return after(happening.seconds, () => stage.healthOf(slot, 'healthy'))
      }
      case 'errors': {
        const slot = candidate()
        stage.bad[slot] = happening.percent
        return after(happening.seconds, () => {
          stage.bad[slot] = 0
        })
      }
      case 'crash':
        return stage.containers.running().at(-1)?.exit(1)
      case 'alarm':
        after(happening.seconds, () => stage.alarm('OK'))
        return stage.alarm('ALARM')
      case 'signal': {
        const payload = {
          canary: CANARY,
          kind: happening.signal,
          who: 'simulated person',
          id: `signal-${happening.id}`,
        }
        const by = APPROVERS.includes(happening.signal) ? 'approve' : 'signal'
        const arn = stage.functionArn(by) || stage.functionArn('signal')
        const send = () => stage.aws.lambda.invoke(arn, payload, 'person')
        if (happening.twice) after(1, send)
        await send()
        return
      }
      case 'stop': {
        const [execution] = running()
        if (!execution) return
        await sfn.send(
          new StopExecutionCommand({ executionArn: execution.arn, cause: 'simulated: by hand' }),
        )
        return
      }
      case 'retrigger':
        return stage.edit('Triggered', { BOOL: false })
      case 'define':
        return stage.define(happening.changes)
      case 'event':
        return publishStray(happening.stray, happening.share)
      case 'edit-weights':
        records.editedByHand()
        return stage.setWeights(happening.blue, happening.green)
      case 'scale':
        return stage.surroundings.scale(candidate(), happening.count)
      case 'start-again': {
        const [execution] = running()
        if (!execution) return
        await sfn.send(
          new StartExecutionCommand({
            stateMachineArn: stage.stateMachine,
            name: `by-hand-${happening.id}`,
            input: execution.input,
          }),
        )
        return
      }
      case 'line':
        after(happening.seconds, () => stage.line(false))
        return stage.line(true)
      case 'outage':
        journal.reached('outage', happening.service)
        return stage.network.outage(happening.service, happening.seconds)
    }
  }

  return {
    schedule(happenings: readonly Happening[]): void {
      for (const happening of happenings) {
        setTimeout(() => {
          const { id, at: _, ...deed } = happening
          journal.note(`${id} ${JSON.stringify(deed).slice(0, 200)}`)
          journal.reached('deed', happening.kind)
          act(happening).catch((error: unknown) =>
            journal.violated('people can act', `${happening.kind}: ${error}`),
          )
        }, happening.at * 1_000)
      }
    },
    running,
    deployed: (slot: Slot): ReadonlySet<string> => deployed[slot],
  }
}
