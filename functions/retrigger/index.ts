import { ProviderError, RoleError, SluiceError } from '../../core/errors.ts'
import { retrigger } from '../../core/use-cases/retrigger.ts'
import {
  changedAtOf,
  parseBatch,
  parseStreamRecord,
  sequenceNumberOf,
} from '../../events/dynamodb-stream.ts'
import {
  type Container,
  clock,
  connect,
  reaching,
  reminders,
  services,
  store,
  workflows,
} from '../shared/container.ts'
import { publish } from '../shared/metrics.ts'
import { about, count, toldResult } from '../shared/watch.ts'
import { atFirstCall, watched } from '../shared/watched.ts'

const needs = { clock, store, workflows, reminders, reachOf: reaching({ services }) }

/** Lambda goes on from the first record that failed: those after it wait, for their order counts. */
interface BatchAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[]
}

export function createRetriggerHandler(container: Container<typeof needs>) {
  const { watch } = container

  async function follow(record: unknown): Promise<void> {
    watch.logger.resetKeys()
    const change = parseStreamRecord(record)
    if (change.kind === 'ignored') {
      toldResult(watch, change)
      return
    }
    about(watch, { canary: change.value.canary })
    toldResult(watch, await retrigger(container, change.value))
  }

  return watched(watch, async (event): Promise<BatchAnswer> => {
    const batch = parseBatch(event)
    if (batch.kind === 'ignored') {
      toldResult(watch, batch)
      return { batchItemFailures: [] }
    }
    for (const record of batch.value) {
      try {
        await follow(record)
      } catch (error) {
        count(watch, 'FunctionFailed')
        if (error instanceof SluiceError && !mayPass(error, record, container.clock.now())) {
          watch.logger.error('the record is skipped: no retry mends it', { error })
          continue
        }
        const itemIdentifier = sequenceNumberOf(record)
        // Without a number the record cannot be named, so the whole batch has to be tried again.
        if (itemIdentifier === undefined) throw error
        watch.logger.error('the record is tried again', { error, itemIdentifier })
        return { batchItemFailures: [{ itemIdentifier }] }
      } finally {
        // The next record is about another canary.
        publish(watch.metrics)
      }
    }
    return { batchItemFailures: [] }
  })
}

/**
 * Milliseconds that a role or policy is given until all of IAM knows it; the records of others wait behind that long.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
 */
const IAM_LAG_MS = 120_000

/** Whether a retry may mend it. A stack makes a canary's role a moment before somebody resets `Triggered`. */
function mayPass(error: SluiceError, record: unknown, now: number): boolean {
  if (error.retryable) return true
  const denied = error instanceof RoleError || error instanceof ProviderError
  return denied && now - changedAtOf(record) < IAM_LAG_MS
}

export const handler = atFirstCall(() => createRetriggerHandler(connect(needs)))
