/** What the process of one function tells of its memory, megabytes. */
export interface WarmMemory {
  /** In use on the heap after each of the counts of invocations that were asked for. */
  readonly heap: readonly number[]
  /** The most that was resident at once. */
  readonly peak: number
}

const [bundle = '', told = '{}', ...counts] = process.argv.slice(2)
const { handler } = await import(bundle)
const events: readonly unknown[] = JSON.parse(told)

const heap: number[] = []
for (let invocations = 0; heap.length < counts.length; ) {
  await handler(events[invocations % events.length], { awsRequestId: `bench-${invocations}` })
  invocations += 1
  if (invocations < Number(counts[heap.length])) continue
  // What ended with this turn of the event loop is garbage by the next one.
  await new Promise((resolve) => setImmediate(resolve))
  globalThis.gc?.()
  heap.push(process.memoryUsage().heapUsed / 1e6)
}
const memory: WarmMemory = { heap, peak: process.resourceUsage().maxRSS / 1_000 }
process.send?.(memory)
process.disconnect()
