import { type CanaryState, rolloutId } from '../core/model/canary-state.ts'
import type { Rollout } from '../core/model/rollout.ts'
import type { Container } from './container.ts'
import { RefusedError, UsageError } from './errors.ts'
import { suggestion } from './nearest.ts'

/** The canary's state. @throws {UsageError} naming the nearest canary that there is. */
export async function findState(container: Container, canary: string): Promise<CanaryState> {
  const store = await container.store()
  const state = await store.readState(canary)
  if (state) return state
  throw await unknownCanary(container, canary)
}

export async function unknownCanary(container: Container, canary: string): Promise<UsageError> {
  const lists = await container.lists()
  const known = (await lists.states()).map((one) => one.canary)
  const none = known.length === 0 ? '; no canary is defined here yet' : ''
  return new UsageError(`there is no canary "${canary}"${none}${suggestion(canary, known)}`)
}

/** The rollout that a state says is the latest: active, or ended last. */
export async function latestRollout(
  container: Container,
  state: CanaryState,
): Promise<Rollout | undefined> {
  if (state.attempt === 0) return undefined
  const store = await container.store()
  return store.readRollout(state.canary, state.attempt)
}

const ROLLOUT = /^(.+)-([1-9]\d*)$/

/** `web-12` → canary web, attempt 12. Canaries' names may have dashes. @throws {UsageError} */
export function parseRolloutId(id: string): { readonly canary: string; readonly attempt: number } {
  const match = ROLLOUT.exec(id)
  if (!match?.[1]) {
    throw new UsageError(`"${id}" is no rollout; its name is <canary>-<number>, such as web-12`)
  }
  return { canary: match[1], attempt: Number(match[2]) }
}

export function isRolloutId(text: string): boolean {
  return ROLLOUT.test(text)
}

/** @throws {UsageError} for a canary or a number that there never was, {RefusedError} for a forgotten one. */
export async function findRollout(container: Container, id: string): Promise<Rollout> {
  const { canary, attempt } = parseRolloutId(id)
  const store = await container.store()
  const rollout = await store.readRollout(canary, attempt)
  if (rollout) return rollout
  const state = await findState(container, canary)
  if (attempt > state.attempt) {
    const last =
      state.attempt === 0 ? 'it had none yet' : `its last is ${rolloutId(canary, state.attempt)}`
    throw new UsageError(`${canary} has no rollout ${id}; ${last}`)
  }
  throw new RefusedError(
    `the record of ${id} is gone: ended rollouts are kept for keepRecords of the definition`,
  )
}
