import type { Ports } from '../../core/ports.ts'
import { signal } from '../../core/use-cases/signal.ts'
import { parseSignalRequest, type RequestedKind } from '../../events/signal-request.ts'
import { about, type EventResult, toldResult, type Watch } from './watch.ts'

/** Answers a person's request for one of the kinds that a function takes: recorded, or with the reason why not. */
export async function answerRequest(
  container: Pick<Ports, 'clock' | 'store' | 'workflows' | 'identities'> & {
    readonly watch: Watch
  },
  kinds: readonly RequestedKind[],
  event: unknown,
  invocation: string,
): Promise<EventResult> {
  const { watch } = container
  const wish = parseSignalRequest(event, kinds, invocation)
  if (wish.kind === 'ignored') return toldResult(watch, { ...wish, kind: 'refused' })
  const { canary } = wish.value
  about(watch, { canary })
  return toldResult(watch, { ...(await signal(container, wish.value)), canary })
}
