import { alarmNames } from '../model/alarm-names.ts'
import type { Definition } from '../model/definition.ts'
import type { Ports } from '../ports.ts'
import { recordSignal } from './record-signal.ts'
import type { SignalResult } from './signal.ts'

/** An alarm that went to ALARM. */
export interface FiredAlarm {
  readonly alarm: string
  /** When, in one spelling: the event may come more than once. */
  readonly changed: string
  readonly reason?: string
}

export type NotedAlarm =
  | (SignalResult & { readonly canary: string })
  | { readonly kind: 'ignored'; readonly canary?: string; readonly reason: string }

/**
 * Wakes the bake of each rollout whose checks name the alarm, so that they are asked at once: what the alarm means, the
 * checks say. One answer a canary; an alarm of no canary costs one query.
 */
export async function noteAlarm(
  ports: Pick<Ports, 'clock' | 'store' | 'workflows'>,
  fired: FiredAlarm,
): Promise<readonly [NotedAlarm, ...NotedAlarm[]]> {
  const [first, ...others] = await ports.store.findByAlarm(fired.alarm)
  if (first === undefined) {
    return [{ kind: 'ignored', reason: `no canary's checks name the alarm ${fired.alarm}` }]
  }
  const noted: NotedAlarm[] = []
  for (const canary of others) noted.push(await noteFor(ports, canary, fired))
  return [await noteFor(ports, first, fired), ...noted]
}

async function noteFor(
  ports: Pick<Ports, 'clock' | 'store' | 'workflows'>,
  canary: string,
  { alarm, changed, reason }: FiredAlarm,
): Promise<NotedAlarm> {
  const state = await ports.store.readState(canary)
  if (state?.activeRollout === undefined) {
    return { kind: 'ignored', canary, reason: `no rollout of ${canary} is active` }
  }
  const { attempt, activeRollout: rollout } = state
  const record = await ports.store.readRollout(canary, attempt)
  // Before it is prepared it has no checks, and looks at its alarms by itself before any traffic moves.
  if (!namesAlarm(record?.definition, alarm)) {
    return { kind: 'ignored', canary, reason: `no check of ${rollout} names the alarm ${alarm}` }
  }
  const why = `alarm ${alarm} went to ALARM${reason === undefined ? '' : `: ${reason}`}`
  const result = await recordSignal(ports, state, {
    id: `alarm:${alarm}:${changed}`,
    kind: 'alarm',
    at: ports.clock.now(),
    who: `alarm ${alarm}`,
    why,
  })
  if (result.kind === 'refused') return { kind: 'ignored', canary, reason: result.reason }
  return { kind: result.kind, canary, rollout, reason: why }
}

function namesAlarm(definition: Definition | undefined, alarm: string): boolean {
  return definition !== undefined && alarmNames(definition).includes(alarm)
}
