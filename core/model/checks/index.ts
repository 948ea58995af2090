import * as z from '../zod.ts'
import { alarmsCheck } from './alarms.ts'
import { compareCheck } from './compare.ts'
import { customCheck } from './custom.ts'
import { ecsCheck } from './ecs.ts'
import { httpCheck } from './http.ts'
import { metricCheck } from './metric.ts'
import { targetsCheck } from './targets.ts'

/** A check as part of a definition; told apart by its `type`. */
export const checkSchema = z.discriminatedUnion('type', [
  ecsCheck,
  targetsCheck,
  alarmsCheck,
  httpCheck,
  metricCheck,
  compareCheck,
  customCheck,
])

export type CheckDefinition = z.output<typeof checkSchema>
export type CheckOf<Type extends CheckDefinition['type']> = Extract<CheckDefinition, { type: Type }>
