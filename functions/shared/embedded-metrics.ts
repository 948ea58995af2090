import { CANARY_DIMENSION, METRICS, type MetricName } from './metric-names.ts'

/** Collects what an invocation counts and measures, until it is published. */
export interface EmbeddedMetrics {
  /** Whom what follows is about; together with what was collected before. */
  about(canary: string): void
  add(name: MetricName, value: number): void
  /** Prints what was collected, if anything was, and forgets it and whom it was about. */
  publish(): void
}

/** Shares of several canaries have no sum and no mean that means anything. */
const OF_A_CANARY_ONLY: ReadonlySet<MetricName> = new Set(['Weight'])

/**
 * Metrics as lines of the function's log, which CloudWatch reads by itself: each under its canary, and once more
 * under no dimension, for alarms over all canaries, of which there may be more than an alarm can add up. (Powertools'
 * metrics are always under a dimension of their own.)
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function createEmbeddedMetrics(
  namespace: string,
  write: (line: string) => void,
): EmbeddedMetrics {
  const collected = new Map<MetricName, number[]>()
  let canary: string | undefined

  const directive = (names: readonly MetricName[], dimensions: readonly (readonly string[])[]) => ({
    Namespace: namespace,
    Dimensions: dimensions,
    Metrics: names.map((Name) => ({ Name, Unit: METRICS[Name] })),
  })

  function document() {
    const names = [...collected.keys()]
    const general = names.filter((name) => !OF_A_CANARY_ONLY.has(name))
    const special = names.filter((name) => OF_A_CANARY_ONLY.has(name))
    const each = canary === undefined ? [] : [[CANARY_DIMENSION]]
    return {
      _aws: {
        Timestamp: Date.now(),
        CloudWatchMetrics: [
          ...(general.length > 0 ? [directive(general, [...each, []])] : []),
          ...(special.length > 0 && canary !== undefined ? [directive(special, each)] : []),
        ],
      },
      ...(canary === undefined ? {} : { [CANARY_DIMENSION]: canary }),
      ...Object.fromEntries(
        [...collected].map(([name, values]) => [name, values.length > 1 ? values : values[0]]),
      ),
    }
  }

  return {
    about(name) {
      canary = name
    },
    add(name, value) {
      collected.set(name, [...(collected.get(name) ?? []), value])
    },
    publish() {
      if (collected.size > 0) write(JSON.stringify(document()))
      collected.clear()
      canary = undefined
    },
  }
}
