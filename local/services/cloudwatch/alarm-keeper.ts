import type { Alarm, AlarmState } from './alarm.ts'
import { comparisons } from './alarm.ts'
import { type AlarmEvent, alarmStateChange } from './alarm-event.ts'
import { alarmMessage } from './alarm-message.ts'
import { EXTRA_PERIODS, evaluate } from './evaluate.ts'
import type { MetricStore } from './metric-store.ts'
import { valuesOf } from './watched.ts'

/** Publishes an alarm's message to a topic. */
export type Notify = (
  topicArn: string,
  alarmArn: string,
  message: { readonly subject: string; readonly message: string },
) => void

/** CloudWatch looks at an alarm once a minute, at one of finer period as often as that. */
const lookEveryMs = (alarm: Alarm): number => Math.min(alarm.periodSeconds, 60) * 1_000

/** The alarms that stand, each with a timer that evaluates it. */
export class AlarmKeeper {
  readonly #alarms = new Map<string, Alarm>()
  readonly #timers = new Map<string, ReturnType<typeof setInterval>>()
  readonly #store: MetricStore
  readonly #publish: (event: AlarmEvent) => void
  readonly #notify: Notify

  constructor(store: MetricStore, publish: (event: AlarmEvent) => void, notify: Notify) {
    this.#store = store
    this.#publish = publish
    this.#notify = notify
  }

  all(): Alarm[] {
    return [...this.#alarms.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  get(name: string): Alarm | undefined {
    return this.#alarms.get(name)
  }

  put(alarm: Alarm): void {
    this.#stop(alarm.name)
    this.#alarms.set(alarm.name, alarm)
    // An alarm must not keep a process alive that is otherwise done.
    this.#timers.set(
      alarm.name,
      setInterval(() => this.look(alarm.name), lookEveryMs(alarm)).unref(),
    )
  }

  remove(name: string): void {
    this.#stop(name)
    this.#alarms.delete(name)
  }

  close(): void {
    for (const name of [...this.#timers.keys()]) this.#stop(name)
  }

  /** Only a change of state makes an event: an alarm that rings on says nothing new. */
  setState(name: string, state: Omit<AlarmState, 'since'>): void {
    const alarm = this.#alarms.get(name)
    if (!alarm) return
    const changed = alarm.state.value !== state.value
    const after = { ...alarm, state: { ...state, since: changed ? new Date() : alarm.state.since } }
    this.#alarms.set(name, after)
    if (!changed) return
    this.#publish(alarmStateChange(after, alarm.state))
    if (!after.actions.enabled) return
    const topics = after.actions[after.state.value].filter((arn) => arn.split(':')[2] === 'sns')
    for (const topic of topics) this.#notify(topic, after.arn, alarmMessage(after, alarm.state))
  }

  /** Evaluates one alarm by the complete periods that lie behind. */
  look(name: string): void {
    const alarm = this.#alarms.get(name)
    if (!alarm) return
    const periodMs = alarm.periodSeconds * 1_000
    const to = Math.floor(Date.now() / periodMs) * periodMs
    const from = to - (alarm.evaluationPeriods + EXTRA_PERIODS) * periodMs
    const breach = comparisons[alarm.comparison as keyof typeof comparisons]
    const values = valuesOf(this.#store, alarm.watched, { from, to, periodMs })
    const outcome = evaluate(
      alarm,
      values.map((value) => breach(value, alarm.threshold)),
    )
    if (outcome.kind === 'stay' || outcome.value === alarm.state.value) return
    this.setState(name, {
      value: outcome.value,
      reason: `Threshold crossed or cleared: ${outcome.reason}`,
      reasonData: JSON.stringify({
        version: '1.0',
        queryDate: new Date().toISOString(),
        ...(alarm.watched.kind === 'metric' ? { statistic: alarm.watched.statistic } : {}),
        period: alarm.periodSeconds,
        recentDatapoints: values.slice(0, alarm.evaluationPeriods).reverse(),
        threshold: alarm.threshold,
      }),
    })
  }

  #stop(name: string): void {
    clearInterval(this.#timers.get(name))
    this.#timers.delete(name)
  }
}
