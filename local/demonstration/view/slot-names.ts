import { type Environment, SLOTS } from '../environment/environment.ts'
import type { Ended, Observer } from './observer.ts'

/**
 * Says `green` where a record says cluster and service: CloudFormation makes names that are longer than what is told
 * of them. The records themselves and `--json` keep every name.
 */
export function withSlotNames(observer: Observer): Observer {
  const slots = new Map<string, string>()
  const learn = ({ cluster, services }: Environment) => {
    for (const slot of SLOTS) slots.set(`${cluster}/${services[slot]}`, slot)
  }
  const short = (text: string) =>
    [...slots].reduce((shorter, [name, slot]) => shorter.replaceAll(name, slot), text)
  const shortEnd = (ended: Ended): Ended => ({
    ...ended,
    result: { ...ended.result, reason: short(ended.result.reason) },
  })

  return {
    note: observer.note,
    begins(act) {
      learn(act.environment)
      observer.begins(act)
    },
    progress(progress) {
      const { rollout } = progress
      if (!rollout) return observer.progress(progress)
      const Evidence = rollout.Evidence.map((one) => ({ ...one, reason: short(one.reason) }))
      const Reason = short(rollout.Reason)
      observer.progress({ ...progress, rollout: { ...rollout, Evidence, Reason } })
    },
    happened: (entry) => observer.happened({ ...entry, why: short(entry.why) }),
    ends: (ended) => observer.ends(shortEnd(ended)),
    summary: (all, seconds) => observer.summary(all.map(shortEnd), seconds),
  }
}
