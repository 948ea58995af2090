import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  DefinitionError,
  NotYetError,
  ProviderError,
  RolloutActiveError,
} from '../../../core/errors.ts'
import { createRetriggerHandler } from '../../../functions/retrigger/index.ts'
import { parseEnvironment } from '../../../functions/shared/environment.ts'
import { METRICS_NAMESPACE } from '../../../functions/shared/metric-names.ts'
import { measureCanary } from '../../../functions/shared/metrics.ts'
import { about, count, createWatch, type Watch } from '../../../functions/shared/watch.ts'
import { watched } from '../../../functions/shared/watched.ts'
import { sample } from '../events/samples.ts'
import { CONTEXT, ENVIRONMENT, printed, stubContainer } from './stub-container.ts'

afterEach(() => vi.restoreAllMocks())

const OVERALL = ['service']
const OF_A_CANARY = ['service', 'canary']

/** What a function prints in each of its invocations, which are given. */
async function invoked(
  invocations: readonly ((watch: Watch) => void)[],
  level = 'INFO',
): Promise<readonly Record<string, unknown>[]> {
  const lines = printed()
  const watch = createWatch(parseEnvironment({ ...ENVIRONMENT, POWERTOOLS_LOG_LEVEL: level }))
  for (const invocation of invocations) {
    const handle = watched(watch, async () => invocation(watch))
    await handle({}, CONTEXT).catch(() => undefined)
  }
  return lines
}

/** A printed line's dimensions, values and units. */
function embedded({ _aws, ...members }: Record<string, unknown>) {
  const { CloudWatchMetrics } = _aws as { CloudWatchMetrics: readonly Record<string, unknown>[] }
  const [{ Namespace, Dimensions, Metrics } = {}, ...others] = CloudWatchMetrics
  expect(others).toEqual([])
  expect(Namespace).toBe(METRICS_NAMESPACE)
  return { Dimensions, Metrics, ...members }
}

describe('metrics of an invocation', () => {
  it('are over all canaries, and of the one that it is about', async () => {
    const [line, ...others] = await invoked([
      (watch) => {
        count(watch, 'VerdictPassed')
        about(watch, { canary: 'web' })
        count(watch, 'VerdictPassed')
      },
    ])
    expect(others).toEqual([])
    expect(embedded(line ?? {})).toEqual({
      Dimensions: [OVERALL, OF_A_CANARY],
      Metrics: [{ Name: 'VerdictPassed', Unit: 'Count' }],
      service: 'sluice',
      canary: 'web',
      VerdictPassed: [1, 1],
    })
  })

  it('count once however often it says what it is about', async () => {
    const [line] = await invoked([
      (watch) => {
        about(watch, { canary: 'web' })
        about(watch, { canary: 'web', rollout: 'web-1' })
        count(watch, 'Promoted')
      },
    ])
    expect(embedded(line ?? {})).toMatchObject({ Dimensions: [OVERALL, OF_A_CANARY], Promoted: 1 })
  })

  it.each<[string, Error, number]>([
    ['a broken definition', new DefinitionError('no'), 0],
    ['a definition refused during a rollout', new RolloutActiveError('no'), 0],
    ['a wait', new NotYetError('no'), 0],
    ['a refused call', new ProviderError('no'), 1],
    ['an error of nobody’s', new Error('no'), 1],
  ])(
    'count %s as a failed function only where the controller’s keeper can mend it',
    async (_name, error, expected) => {
      const lines = await invoked([
        () => {
          throw error
        },
      ])
      expect(lines.filter((line) => 'FunctionFailed' in line)).toHaveLength(expected)
    },
  )

  it('are over all canaries alone where it is about none', async () => {
    const [line] = await invoked([(watch) => count(watch, 'EventIgnored')])
    expect(embedded(line ?? {})).toMatchObject({ Dimensions: [OVERALL], EventIgnored: 1 })
    expect(line).not.toHaveProperty('canary')
  })

  it('have a weight of the canary alone, beside the others', async () => {
    const lines = await invoked([
      (watch) => {
        about(watch, { canary: 'web' })
        count(watch, 'Promoted')
        measureCanary(watch.metrics, 'web', 'Weight', 25)
      },
    ])
    const both = { service: 'sluice', canary: 'web' }
    expect(lines.map(embedded)).toEqual([
      {
        Dimensions: [OF_A_CANARY],
        Metrics: [{ Name: 'Weight', Unit: 'Percent' }],
        ...both,
        Weight: 25,
      },
      {
        Dimensions: [OVERALL, OF_A_CANARY],
        Metrics: [{ Name: 'Promoted', Unit: 'Count' }],
        ...both,
        Promoted: 1,
      },
    ])
  })

  it('are none, and no warning, where nothing was measured', async () => {
    expect(await invoked([(watch) => about(watch, { canary: 'web' })])).toEqual([])
  })

  it.each([
    ['that succeeded', () => undefined],
    [
      'that failed',
      () => {
        throw new Error('no')
      },
    ],
  ])('are never those of one before %s', async (_, end) => {
    const lines = await invoked([
      (watch) => {
        about(watch, { canary: 'web' })
        count(watch, 'Promoted')
        end()
      },
      (watch) => {
        about(watch, { canary: 'shop' })
        end()
      },
      (watch) => count(watch, 'EventIgnored'),
    ])
    const last = lines.filter((line) => '_aws' in line).at(-1) ?? {}
    expect(embedded(last)).toEqual({
      Dimensions: [OVERALL],
      Metrics: [{ Name: 'EventIgnored', Unit: 'Count' }],
      service: 'sluice',
      EventIgnored: 1,
    })
  })

  it('are never what one before measured after its end', async () => {
    const lines = printed()
    const watch = createWatch(parseEnvironment(ENVIRONMENT))
    const handle = watched(watch, async () => undefined)
    await handle({}, CONTEXT)
    about(watch, { canary: 'web' })
    count(watch, 'Promoted')
    await handle({}, CONTEXT)
    expect(lines).toEqual([])
  })

  it('are silent where the log is', async () => {
    const measured = (watch: Watch) => {
      about(watch, { canary: 'web' })
      measureCanary(watch.metrics, 'web', 'Weight', 25)
      // More values of one metric than Powertools keeps before it prints them.
      for (let times = 0; times < 150; times++) count(watch, 'VerdictPassed')
    }
    expect(await invoked([measured, measured], 'SILENT')).toEqual([])
    vi.restoreAllMocks()
    expect(await invoked([measured], 'CRITICAL')).not.toEqual([])
  })
})

describe('metrics of a batch', () => {
  it('of a record that is no concern are not those of the canary behind it', async () => {
    const lines = printed()
    const store = { readState: async () => undefined }
    const names = ['rollout-changed', 'triggered-reset']
    const Records = names.flatMap(
      (name) => (sample('dynamodb-stream', name) as { Records: object[] }).Records,
    )
    await createRetriggerHandler(stubContainer({ store }))({ Records }, CONTEXT)
    expect(lines.filter((line) => '_aws' in line).map(embedded)).toMatchObject([
      { Dimensions: [OVERALL], EventIgnored: 1 },
      { Dimensions: [OVERALL, OF_A_CANARY], EventIgnored: 1, canary: 'checkout' },
    ])
  })
})
