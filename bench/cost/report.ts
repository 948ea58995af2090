import { DURATIONS } from '../../infra/example/durations.ts'
import { PRICES, PRICES_AS_OF, type Priced } from './prices.ts'
import { definitionFor, dollarsOf, purchasesOf, workOf } from './rollout-cost.ts'

const CHECKS = [
  { type: 'ecs' },
  { type: 'targets' },
  { type: 'compare', name: 'errors' },
  { type: 'compare', name: 'slow-requests', slowerThan: '500ms' },
]

const CASES = [
  {
    name: "the example's plan, a look each 30 s",
    settings: { plan: DURATIONS.minutes.plan, interval: '30s', checks: CHECKS },
  },
  {
    name: "the example's plan, a look each minute",
    settings: { plan: DURATIONS.minutes.plan, interval: '1m', checks: CHECKS },
  },
  {
    name: "the example's plan, a look each minute, no metrics",
    settings: { plan: DURATIONS.minutes.plan, interval: '1m', checks: CHECKS.slice(0, 2) },
  },
  {
    name: 'CodeDeployDefault.ECSLinear10PercentEvery3Minutes, a look each 30 s',
    settings: {
      plan: 'CodeDeployDefault.ECSLinear10PercentEvery3Minutes',
      interval: '30s',
      checks: CHECKS,
    },
  },
] as const

export interface RolloutCost {
  readonly name: string
  readonly minutes: number
  readonly looks: number
  readonly transitions: number
  readonly invocations: number
  readonly dollars: number
  readonly parts: Readonly<Record<Priced, number>>
}

/** What a promoted rollout of some plans costs, in dollars, and each part of it. */
export function costs(): readonly RolloutCost[] {
  return CASES.map(({ name, settings }) => {
    const definition = definitionFor(settings)
    const purchases = purchasesOf(definition)
    const { looks, transitions } = workOf(definition)
    const parts = Object.entries(purchases).map(([what, count]) => [
      what,
      count * PRICES[what as Priced].dollars,
    ])
    return {
      name,
      minutes: definition.plan.reduce((sum, { bake }) => sum + bake, 0) / 60,
      looks,
      transitions,
      invocations: purchases.invocation,
      dollars: dollarsOf(purchases),
      parts: Object.fromEntries(parts),
    }
  })
}

const cents = (dollars: number) => `$${dollars.toFixed(4)}`

/** As a page of the guide has it. */
export function costTable(): string {
  const header = ['rollout', 'minutes', 'looks', 'transitions', 'requests', 'in all']
  const rows = costs().map(({ name, minutes, looks, transitions, invocations, dollars }) => [
    name,
    `${minutes}`,
    `${looks}`,
    `${transitions}`,
    `${invocations}`,
    cents(dollars),
  ])
  return markdown([header, ...rows])
}

/** The first of them, part by part. */
export function partsTable(): string {
  const [first] = costs()
  const purchases = purchasesOf(definitionFor(CASES[0].settings))
  const rows = Object.entries(first?.parts ?? {}).map(([what, dollars]) => [
    PRICES[what as Priced].unit,
    `${Number(purchases[what as Priced].toPrecision(3))}`,
    cents(dollars),
  ])
  return markdown([['what', 'how many', 'costs'], ...rows])
}

export const costReport = (): string =>
  `${costTable()}\n\n${CASES[0].name}:\n\n${partsTable()}\n\nList prices of us-east-1, ${PRICES_AS_OF}.`

/** A table as the formatter of Markdown writes it. */
function markdown(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  )
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`
  const [header = [], ...body] = rows
  return [line(header), rule, ...body.map(line)].join('\n')
}
