import type { CheckDefinition, CheckOf } from './checks/index.ts'
import type { MetricSource, PlainMetric } from './checks/metric-source.ts'
import { comparisonSources } from './comparison-sources.ts'
import type { DefinitionShape } from './definition-shape.ts'
import { formatDuration } from './duration.ts'
import { placeholderIssue } from './placeholders.ts'
import { SLOTS } from './slot.ts'
import { type AddIssue, requireTargetGroups } from './slot-rules.ts'

/** Reports a broken rule of one check; the path begins at the check. */
type Report = (path: readonly PropertyKey[], input: unknown, message: string) => void

/** Seconds that one look may spend on a check: a look has to end within its function's 30 s. */
const LONGEST_CHECK = 10

/** What must hold within the checks of a definition and between them. */
export function checkChecks(definition: DefinitionShape, issue: AddIssue): void {
  const names = new Set<string>()
  for (const [index, check] of definition.checks.entries()) {
    const report: Report = (path, input, message) =>
      issue(['checks', index, ...path], input, message)
    if (names.has(check.name)) {
      report(['name'], check.name, `two checks are named "${check.name}"; give one another name`)
    }
    names.add(check.name)
    checkInterval(definition, check, report)
    checkOne(definition, check, report, issue)
  }
  if (definition.checks.every(({ effect }) => effect !== 'required')) {
    issue(
      ['checks'],
      definition.checks.map(({ name }) => name),
      'none is required, so nothing would have to pass; give at least one the effect "required"',
    )
  }
}

function checkInterval(definition: DefinitionShape, check: CheckDefinition, report: Report) {
  if (check.interval === undefined || check.interval >= definition.interval) return
  report(
    ['interval'],
    formatDuration(check.interval),
    `is shorter than the definition's interval ${formatDuration(definition.interval)}, at which looks are made; make that as short`,
  )
}

function checkOne(
  definition: DefinitionShape,
  check: CheckDefinition,
  report: Report,
  issue: AddIssue,
) {
  switch (check.type) {
    case 'ecs':
      return checkStartFailures(check, report)
    case 'targets':
      return requireTargetGroups(definition, issue, `the check "${check.name}"`)
    case 'alarms':
      return undefined
    case 'http':
      return checkHttp(definition, check, report)
    case 'metric':
      return checkMetric(definition, check, report)
    case 'compare':
      return checkCompare(definition, check, report)
    case 'custom':
      return undefined
  }
}

function checkStartFailures(check: CheckOf<'ecs'>, report: Report) {
  const { maxStartFailures, maxStoppedTasks } = check
  if (maxStartFailures === undefined || maxStartFailures <= maxStoppedTasks) return
  report(
    ['maxStartFailures'],
    maxStartFailures,
    `is more than the ${maxStoppedTasks} tasks that may die at all; raise maxStoppedTasks or lower this`,
  )
}

function checkHttp(definition: DefinitionShape, check: CheckOf<'http'>, report: Report) {
  if (typeof check.url === 'string') {
    checkPlaceholders(definition, ['url'], check.url, report)
    checkUrl(['url'], check.url, report)
  } else {
    for (const slot of SLOTS) checkUrl(['url', slot], check.url[slot], report)
  }
  if (check.maxFailures >= check.samples) {
    report(
      ['maxFailures'],
      check.maxFailures,
      `lets all ${check.samples} samples fail; use at most ${check.samples - 1}`,
    )
  }
  if (check.samples * check.timeout > LONGEST_CHECK) {
    report(
      ['samples'],
      check.samples,
      `${check.samples} samples of ${formatDuration(check.timeout)} could take longer than the ${LONGEST_CHECK} s of one look; use fewer, or a shorter timeout`,
    )
  }
  if (check.expect.latency !== undefined && check.expect.latency >= check.timeout) {
    report(
      ['expect', 'latency'],
      `${check.expect.latency}s`,
      `is no shorter than the timeout ${formatDuration(check.timeout)}; raise the timeout`,
    )
  }
  for (const [index, status] of check.expect.status.entries()) {
    const [from = 0, to = 0] = typeof status === 'string' ? status.split('-').map(Number) : []
    if (from > to) {
      report(['expect', 'status', index], status, 'ends before it begins; swap its ends')
    }
  }
  if (check.expect.body !== undefined && check.method === 'HEAD') {
    report(['expect', 'body'], check.expect.body, 'no answer to HEAD has a body; use GET')
  }
  if (check.body !== undefined && (check.method === 'GET' || check.method === 'HEAD')) {
    report(['body'], check.body, `a ${check.method} request has no body; remove it, or use POST`)
  }
}

function checkUrl(path: readonly PropertyKey[], url: string, report: Report) {
  if (!/^https?:\/\/[^/?#]*@/.test(url)) return
  report(
    path,
    url,
    'has a user in it, whom no request is sent with; remove what stands before the "@"',
  )
}

function checkMetric(definition: DefinitionShape, check: CheckOf<'metric'>, report: Report) {
  if (check.above === undefined && check.below === undefined) {
    report([], check.name, 'set "above" or "below": the value that fails the candidate')
  }
  checkPeriod(check.period, report)
  if (check.window < check.period) {
    report(
      ['window'],
      formatDuration(check.window),
      `is shorter than the period ${formatDuration(check.period)}; make it at least as long`,
    )
  }
  if ((check.source === undefined) === (check.math === undefined)) {
    report([], check.name, 'give either "source" or "math", and not both')
  }
  if (check.math !== undefined && check.per !== undefined) {
    report(['per'], check.name, 'divides a source; with "math", divide in the expression')
  }
  for (const key of ['source', 'per'] as const) {
    checkSource(definition, [key], check[key], report)
  }
  if (check.math) checkMath(definition, check, check.math, report)
}

function checkMath(
  definition: DefinitionShape,
  check: CheckOf<'metric'>,
  math: NonNullable<CheckOf<'metric'>['math']>,
  report: Report,
) {
  const { expression, metrics, sample } = math
  for (const [id, source] of Object.entries(metrics)) {
    checkSource(definition, ['math', 'metrics', id], source, report)
    if (!new RegExp(`\\b${id}\\b`).test(expression) && id !== sample) {
      report(['math', 'metrics', id], id, 'is not in the expression; use it or remove it')
    }
  }
  if (/\b(SEARCH|SELECT|METRICS)\b/.test(expression)) {
    report(
      ['math', 'expression'],
      expression,
      'SEARCH, SELECT and METRICS give many series, and a check judges one; name the metrics',
    )
  }
  if (sample !== undefined && !Object.hasOwn(metrics, sample)) {
    report(['math', 'sample'], sample, 'is the id of no metric here')
  }
  if (sample === undefined && check.minimumSample > 0) {
    report(
      ['minimumSample'],
      check.minimumSample,
      'needs "math.sample": the id of the metric that counts the sample',
    )
  }
}

function checkCompare(definition: DefinitionShape, check: CheckOf<'compare'>, report: Report) {
  const { bad, total, slowerThan, gauge } = check
  const given = [bad ?? total, slowerThan, gauge].filter((one) => one !== undefined)
  if (given.length > 1) {
    report([], check.name, 'give one of "bad" with "total", "slowerThan", or "gauge"')
  }
  if ((bad === undefined) !== (total === undefined)) {
    report([], check.name, 'needs "bad" and "total": the bad requests, and all of them')
  }
  if (check.latency !== undefined && slowerThan === undefined) {
    report(['latency'], check.name, 'needs "slowerThan": the response time that counts as slow')
  }
  checkPeriod(check.period, report)
  if (gauge === undefined && check.threshold !== undefined) {
    if (check.threshold <= 0 || check.threshold >= 100) {
      report(
        ['threshold'],
        check.threshold,
        'is no share of requests; use a percentage between 0 and 100',
      )
    }
  }
  for (const [key, source] of Object.entries(comparisonSources(check))) {
    checkSource(definition, [key], source, report)
  }
}

/** CloudWatch's periods. */
function checkPeriod(period: number, report: Report) {
  if ([1, 5, 10, 20, 30].includes(period) || period % 60 === 0) return
  report(
    ['period'],
    formatDuration(period),
    'is no period of CloudWatch; use 1s, 5s, 10s, 20s, 30s or whole minutes',
  )
}

function checkSource(
  definition: DefinitionShape,
  path: readonly PropertyKey[],
  source: MetricSource | PlainMetric | undefined,
  report: Report,
) {
  for (const [dimension, value] of Object.entries(source?.dimensions ?? {})) {
    checkPlaceholders(definition, [...path, 'dimensions', dimension], value, report)
  }
}

function checkPlaceholders(
  { slots }: DefinitionShape,
  path: readonly PropertyKey[],
  value: string,
  report: Report,
) {
  const issues = SLOTS.map((slot) => placeholderIssue(value, { ...slots[slot], slot }))
  const found = issues.find(Boolean)
  if (found) report(path, value, found)
}
