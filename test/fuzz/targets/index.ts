import type { Target } from '../target.ts'
import { definitionsTarget } from './definitions.ts'
import { eventsTarget } from './events.ts'
import { wireTarget } from './wire.ts'

/** Everything that is fed with what it did not expect. */
export const TARGETS: Readonly<Record<string, () => Target | Promise<Target>>> = {
  events: eventsTarget,
  definitions: definitionsTarget,
  wire: wireTarget,
}
