import { seededRandom } from '../local/seeded-random.ts'
import { createFunctionProcesses } from '../test/fixtures/in-process/function-processes.ts'

/** Milliseconds of the fake clock that each call of a function takes; dice decide between them. */
export const CALL_TAKES = { least: 10, most: 50 }

/** Processes for functions whose calls, of AWS and of whom they probe, take their time. */
export function createSlowCalls(seed: number) {
  const random = seededRandom(seed)
  const takeTime = () => {
    const { least, most } = CALL_TAKES
    return new Promise<void>((resolve) => setTimeout(resolve, least + random() * (most - least)))
  }
  const processes = createFunctionProcesses()
  return {
    processes,
    random,
    takeTime,
    /** From now on. */
    begin() {
      processes.atCall(async () => {
        await takeTime()
        return undefined
      })
    },
    /** Calls of AWS so far, by all functions. */
    calls: () => processes.invocations.reduce((sum, { calls }) => sum + calls.length, 0),
  }
}
