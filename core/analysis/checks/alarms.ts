import type { AlarmView } from '../../ports.ts'
import { type Check, type CheckContext, verdict } from './check.ts'

/**
 * Is every alarm OK now? Asked by state, not by change of state, so that one that fires for long still counts. With
 * `alreadyFiring: ignore` one that has fired since before the rollout began says nothing of the candidate, neither
 * good nor bad; once it was OK it counts like the others.
 */
export const checkAlarms: Check<'alarms'> = async (ports, definition, context) => {
  const { alarms } = definition
  const all = await ports.alarms.describe(alarms)
  const ignored =
    definition.alreadyFiring === 'ignore' ? all.filter((view) => firesSince(view, context)) : []
  const views = all.filter((view) => !ignored.includes(view))
  const source = `cloudwatch alarms ${alarms.join(', ')}`
  const unknown = alarms.filter((name) => !all.some((view) => view.name === name))
  const firing = views.filter(({ state }) => state === 'ALARM')
  const silent = views.filter(({ state }) => state === 'INSUFFICIENT_DATA')
  const numbers = {
    alarms: alarms.length,
    firing: firing.length,
    silent: silent.length,
    ...(ignored.length > 0 ? { ignored: ignored.length } : {}),
  }
  const note =
    ignored.length > 0
      ? `; ${named(ignored)} ${ignored.length === 1 ? 'fires' : 'fire'} since before the rollout and ${ignored.length === 1 ? 'is' : 'are'} ignored`
      : ''
  const answer = (kind: 'pass' | 'fail' | 'inconclusive' | 'error', reason: string) =>
    verdict(definition, context, { kind, reason: `${reason}${note}`, source, numbers })

  if (firing.length > 0) {
    return answer(
      'fail',
      firing.map((view) => `alarm ${view.name} is in ALARM: ${view.reason}`).join('; '),
    )
  }
  if (unknown.length > 0) {
    return answer('error', `CloudWatch has no alarm ${unknown.join(', ')} any more`)
  }
  if (silent.length > 0)
    return answer('inconclusive', `alarm ${named(silent)} has insufficient data`)
  if (views.length === 0)
    return answer('inconclusive', `${definition.name}: no alarm is left to ask`)
  return answer('pass', `${named(views)}: OK`)
}

function firesSince({ state, since }: AlarmView, { rolloutStartedAt }: CheckContext): boolean {
  return state === 'ALARM' && since !== undefined && since < rolloutStartedAt
}

function named(views: readonly AlarmView[]): string {
  return views.map(({ name }) => name).join(', ')
}
