import { DefinitionError, RouterError } from '../errors.ts'
import type { CheckOf, Definition } from '../model/definition.ts'
import { type Slot, serviceKey } from '../model/slot.ts'
import type { AlarmView, Reach, Routing, ServiceView } from '../ports.ts'

/** The slot's service. @throws {DefinitionError} where ECS has none of that name. */
export async function serviceOf(
  { services }: Pick<Reach, 'services'>,
  definition: Definition,
  slot: Slot,
): Promise<ServiceView> {
  const place = definition.slots[slot]
  const service = await services.describe(place)
  if (service) return service
  throw new DefinitionError(
    `slots.${slot}.service ("${serviceKey(place)}"): ECS has no such service; create it or correct the name`,
  )
}

/** An alarm of the definition, and where it stands there. */
export interface NamedAlarm {
  readonly path: string
  readonly check: CheckOf<'alarms'>
  readonly view: AlarmView
}

/** @throws {DefinitionError} where CloudWatch has no alarm of a name. */
export async function alarmsOf(
  { alarms }: Pick<Reach, 'alarms'>,
  definition: Definition,
): Promise<NamedAlarm[]> {
  const found: NamedAlarm[] = []
  for (const [index, check] of definition.checks.entries()) {
    if (check.type !== 'alarms') continue
    const views = await alarms.describe(check.alarms)
    for (const name of check.alarms) {
      const path = `checks.${index}.alarms ("${name}")`
      const view = views.find((alarm) => alarm.name === name)
      if (!view) {
        throw new DefinitionError(
          `${path}: CloudWatch has no such alarm; create it or correct the name`,
        )
      }
      found.push({ path, check, view })
    }
  }
  return found
}

/** Seconds. Each shift and each fail back waits for it, and clients follow no sooner. */
const LONGEST_TTL = 300

/** The routing as it stands. @throws {RouterError} where Sluice could not work with it. */
export async function routingOf(
  { routerOf }: Pick<Reach, 'routerOf'>,
  definition: Definition,
): Promise<Routing> {
  const routing = await routerOf(definition).read()
  const { place, ttl } = routing
  if (ttl <= LONGEST_TTL) return routing
  throw new RouterError(
    `${place}: its time to live is ${ttl} s, and clients would hold an old answer so long after each shift; set at most ${LONGEST_TTL}`,
  )
}
