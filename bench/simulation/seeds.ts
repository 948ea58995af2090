import { scenarioOf } from '../../test/simulation/generate.ts'
import { simulate } from '../../test/simulation/run.ts'
import { only } from '../../test/simulation/shrink.ts'

/** What a process that runs seeds one after the other tells at its end. */
export interface SeedsRun {
  readonly rollouts: number
  readonly broken: number
  /** Of the processor, and by the clock on the wall. */
  readonly cpuSeconds: number
  readonly wallSeconds: number
  readonly peakMegabytes: number
}

const [template = '', seeds = '0'] = process.argv.slice(2)

// As in a worker of the simulation: what is read and loaded once is no part of any seed's run.
const nothing = only(scenarioOf(1), () => false)
await simulate(nothing, template)
Error.stackTraceLimit = 0

const [began, cpu] = [performance.now(), process.cpuUsage()]
let [rollouts, broken] = [0, 0]
for (let seed = 1; seed <= Number(seeds); seed++) {
  const run = await simulate(scenarioOf(seed), template)
  rollouts += run.rollouts
  broken += run.violations.length
}
const { user, system } = process.cpuUsage(cpu)
const told: SeedsRun = {
  rollouts,
  broken,
  cpuSeconds: (user + system) / 1e6,
  wallSeconds: (performance.now() - began) / 1_000,
  peakMegabytes: process.resourceUsage().maxRSS / 1_000,
}
console.log(JSON.stringify(told))
