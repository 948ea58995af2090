import { type Check, verdict } from './check.ts'

/** Are enough of the candidate's targets healthy? All of them are looked at; none at all is not healthy. */
export const checkTargets: Check<'targets'> = async (ports, definition, context) => {
  const source = context.slots[context.candidate].targetGroup ?? ''
  const targets = (await ports.targetGroups.health(source)).filter(
    ({ state }) => state !== 'draining',
  )
  const healthy = targets.filter(({ state }) => state === 'healthy').length
  const initial = targets.filter(({ state }) => state === 'initial').length
  const numbers = { healthy, initial, targets: targets.length, minHealthy: definition.minHealthy }
  if (targets.length === 0) {
    const reason = `${context.candidate}'s target group has no targets`
    return verdict(definition, context, { kind: 'fail', reason, source, numbers })
  }
  const reason = `${healthy} of ${targets.length} targets of ${context.candidate} are healthy`
  const share = (count: number) => (count / targets.length) * 100
  if (share(healthy) >= definition.minHealthy) {
    return verdict(definition, context, { kind: 'pass', reason, source, numbers })
  }
  // New targets that have not been checked yet may still become healthy: too early to tell.
  const kind = share(healthy + initial) >= definition.minHealthy ? 'inconclusive' : 'fail'
  return verdict(definition, context, { kind, reason, source, numbers })
}
