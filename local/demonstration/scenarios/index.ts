import { crash } from './crash.ts'
import { denied } from './denied.ts'
import { errors } from './errors.ts'
import { healthy } from './healthy.ts'
import { lowTraffic } from './low-traffic.ts'
import { neverReady } from './never-ready.ts'
import { noTraffic } from './no-traffic.ts'
import { retrigger } from './retrigger.ts'
import { sharedIncident } from './shared-incident.ts'
import { slow } from './slow.ts'
import { smallRegression } from './small-regression.ts'
import { stopped } from './stopped.ts'
import { tour } from './tour.ts'

export const SCENARIOS = {
  tour,
  healthy,
  errors,
  'small-regression': smallRegression,
  slow,
  'shared-incident': sharedIncident,
  'no-traffic': noTraffic,
  'low-traffic': lowTraffic,
  crash,
  'never-ready': neverReady,
  stopped,
  retrigger,
  denied,
} as const

export type ScenarioName = keyof typeof SCENARIOS
export const scenarioNames = Object.keys(SCENARIOS) as ScenarioName[]
