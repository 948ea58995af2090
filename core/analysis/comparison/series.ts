/** Points that a check keeps. Fifty checks' series have to fit into one item of the table beside everything else. */
const MOST_POINTS = 120

/** Two neighbouring points as one. */
type Merge = (earlier: readonly number[], later: readonly number[]) => readonly number[]

/** The series with one more point; of a full one, neighbours are merged, so that all of the rollout stays in sight. */
export function withPoint(
  series: readonly (readonly number[])[],
  point: readonly number[],
  merge: Merge,
): readonly (readonly number[])[] {
  if (series.length < MOST_POINTS) return [...series, point]
  const merged: (readonly number[])[] = []
  for (let index = 0; index < series.length; index += 2) {
    const [earlier, later] = [series[index], series[index + 1]]
    if (earlier) merged.push(later ? merge(earlier, later) : earlier)
  }
  return [...merged, point]
}

/** Counts add up; the time is that of the earlier point. */
export const summed: Merge = (earlier, later) =>
  earlier.map((value, index) => (index === 0 ? value : value + (later[index] ?? 0)))

/** Of values that do not add up, the one that is worse in its first column stays, as it was. */
export const worst: Merge = (earlier, later) =>
  (later[1] ?? 0) > (earlier[1] ?? 0) ? later : earlier
