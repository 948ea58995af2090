import { fork } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { FunctionBundle } from '../../infra/bundling/bundle-functions.ts'
import type { Measurement } from '../line.ts'
import { createScene } from '../scene.ts'
import { eventOf } from '../trigger-path.ts'
import type { WarmMemory } from './warm-process.ts'

/** What the template gives each function, megabytes. */
const GIVEN = 512
const MOST_SHARE = 0.75
/** Of the heap once it is warm: compiled code still comes and goes, and a kilobyte that each event leaves behind would show. */
const MOST_GROWTH = 1.15

/**
 * Memory of the trigger function's bundle, in a process of its own over HTTP, while events come: of no canary, of the live
 * slot, and of an older deployment, for which it asks ECS.
 * @param counts of invocations: the first, once it is warm, and at the end.
 */
export async function measureWarmFunction(
  bundles: readonly FunctionBundle[],
  counts: readonly [number, number, number],
): Promise<Measurement> {
  const bundle = bundles.find(({ name }) => name === 'trigger')
  if (!bundle) throw new Error('no bundle of trigger')
  const scene = await createScene()
  const server = await scene.listen()
  try {
    const events = [
      scene.task({ service: 'search' }),
      scene.task({ service: 'checkout-blue' }),
      scene.task({ deployment: 'ecs-svc/0' }),
    ].map(eventOf)
    const { heap, peak } = await memoryOf(bundle, events, counts, {
      ...scene.variables,
      AWS_ENDPOINT_URL: server.url,
    })
    const [first = 0, warm = 0, last = 0] = heap
    const [, warmCount, lastCount] = counts.map((count) => count.toLocaleString('en'))
    return {
      name: 'warm memory',
      lines: [
        {
          what: `heap of trigger after ${lastCount} events, against after ${warmCount}`,
          measured: last / warm,
          unit: '×',
          atMost: MOST_GROWTH,
          beside: `${first.toFixed(1)} MB after the first, ${warm.toFixed(1)}, then ${last.toFixed(1)}`,
        },
        {
          what: 'peak memory of trigger, against what it is given',
          measured: peak / GIVEN,
          unit: '×',
          atMost: MOST_SHARE,
          beside: `${peak.toFixed(0)} of ${GIVEN} MB`,
        },
      ],
    }
  } finally {
    await server.close()
    await scene.close()
  }
}

function memoryOf(
  { directory }: FunctionBundle,
  events: readonly object[],
  counts: readonly number[],
  variables: Readonly<Record<string, string>>,
): Promise<WarmMemory> {
  const bundle = pathToFileURL(join(directory, 'index.mjs')).href
  const args = [bundle, JSON.stringify(events), ...counts.map(String)]
  return new Promise((resolve, reject) => {
    const child = fork(join(import.meta.dirname, 'warm-process.ts'), args, {
      execArgv: ['--expose-gc'],
      env: { ...process.env, ...variables },
      // Its metrics are lines on stdout, which nobody reads here.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    child.on('message', (memory: WarmMemory) => resolve(memory))
    child.on('error', reject)
    // After a message this comes too late to count.
    child.on('exit', (code) => reject(new Error(`the function's process ended with ${code}`)))
  })
}
