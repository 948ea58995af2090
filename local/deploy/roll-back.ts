import { aimOf, type ResourceChanges, type Step } from './change-resource.ts'
import type { Standing } from './resources/resource-type.ts'

/** How going back went. */
export interface RolledBack {
  /** As it stands now, by logical id; what is gone is not in it. */
  readonly standing: ReadonlyMap<string, Standing>
  /** What could not be brought back or deleted, with the reason. */
  readonly failures: readonly string[]
  /** Made by the deployment, and kept by its policy. */
  readonly kept: readonly string[]
}

/** Goes back over the steps of a failed deployment, the last one first, to what stood before. */
export async function rollBack(
  changes: ResourceChanges,
  steps: readonly Step[],
  before: ReadonlyMap<string, Standing>,
): Promise<RolledBack> {
  const standing = new Map(before)
  const failures: string[] = []
  const kept: string[] = []
  const attempt = async (act: () => Promise<unknown>, otherwise: () => void): Promise<void> => {
    try {
      await act()
    } catch (error) {
      failures.push((error as Error).message)
      otherwise()
    }
  }

  for (const step of steps.toReversed()) {
    const { made } = step
    const { logicalId } = made
    if (step.kind !== 'updated') {
      if (made.keptOnRollback) kept.push(logicalId)
      else {
        await attempt(
          () => changes.delete(made),
          // Of a replacement the former resource still stands, and is the one that the stack has.
          () => step.kind === 'created' && !before.has(logicalId) && standing.set(logicalId, made),
        )
      }
      continue
    }
    await attempt(
      async () => {
        const restored = await changes.update(aimOf(step.before), made)
        standing.set(logicalId, restored)
        if (restored.made.ref !== made.made.ref) await changes.delete(made)
      },
      () => standing.set(logicalId, made),
    )
  }
  return { standing, failures, kept }
}
