import type { MetricStore } from './metric-store.ts'

interface Embedded {
  readonly Timestamp?: number
  readonly CloudWatchMetrics?: readonly {
    readonly Namespace: string
    readonly Dimensions?: readonly (readonly string[])[]
    readonly Metrics?: readonly { readonly Name: string }[]
  }[]
}

/**
 * Metrics that a log line carries, which CloudWatch Logs takes out of it: each once for every set of dimensions.
 * @returns whether there were any.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function storeEmbeddedMetrics(store: MetricStore, line: string): boolean {
  const logged = parse(line)
  if (!logged) return false
  const { Timestamp: at = Date.now(), CloudWatchMetrics: directives = [] } = logged._aws
  for (const {
    Namespace: namespace,
    Dimensions: sets = [[]],
    Metrics: metrics = [],
  } of directives) {
    for (const names of sets) {
      const dimensions = Object.fromEntries(names.map((name) => [name, String(logged[name])]))
      for (const { Name: name } of metrics) {
        for (const value of [logged[name]].flat()) {
          if (typeof value === 'number') store.addValue({ namespace, name, dimensions }, at, value)
        }
      }
    }
  }
  return true
}

type Logged = Readonly<Record<string, unknown>> & { readonly _aws: Embedded }

function parse(line: string): Logged | undefined {
  if (!line.includes('"_aws"')) return undefined
  try {
    const logged = Object(JSON.parse(line)) as Logged
    return typeof logged._aws === 'object' ? logged : undefined
  } catch {
    // A line that says so in its text is a line.
    return undefined
  }
}
