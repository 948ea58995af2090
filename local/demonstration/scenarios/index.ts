import { crash } from './crash.ts'
import { errors } from './errors.ts'
import { healthy } from './healthy.ts'
import { neverReady } from './never-ready.ts'
import { retrigger } from './retrigger.ts'
import { stopped } from './stopped.ts'
import { tour } from './tour.ts'

export const SCENARIOS = {
  tour,
  healthy,
  errors,
  crash,
  'never-ready': neverReady,
  stopped,
  retrigger,
} as const

export type ScenarioName = keyof typeof SCENARIOS
export const scenarioNames = Object.keys(SCENARIOS) as ScenarioName[]
