import { type Check, verdict } from './check.ts'

/** Is every alarm OK now? Asked by state, not by change of state, so that one that fires for long still counts. */
export const checkAlarms: Check<'alarms'> = async (ports, definition, context) => {
  const views = await ports.alarms.describe(definition.alarms)
  const source = `cloudwatch alarms ${definition.alarms.join(', ')}`
  const unknown = definition.alarms.filter((name) => !views.some((view) => view.name === name))
  const firing = views.filter(({ state }) => state === 'ALARM')
  const silent = views.filter(({ state }) => state === 'INSUFFICIENT_DATA')
  const numbers = { alarms: definition.alarms.length, firing: firing.length, silent: silent.length }
  if (firing.length > 0) {
    const reason = firing.map((view) => `alarm ${view.name} is in ALARM: ${view.reason}`).join('; ')
    return verdict(definition, context, { kind: 'fail', reason, source, numbers })
  }
  if (unknown.length > 0) {
    const reason = `CloudWatch has no alarm ${unknown.join(', ')} any more`
    return verdict(definition, context, { kind: 'error', reason, source, numbers })
  }
  if (silent.length > 0) {
    const reason = `alarm ${silent.map(({ name }) => name).join(', ')} has insufficient data`
    return verdict(definition, context, { kind: 'inconclusive', reason, source, numbers })
  }
  const reason = `${definition.alarms.join(', ')}: OK`
  return verdict(definition, context, { kind: 'pass', reason, source, numbers })
}
