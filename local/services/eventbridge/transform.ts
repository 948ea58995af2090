import type { Target } from '@aws-sdk/client-eventbridge'
import type { BusEvent, Rule } from './state.ts'

/**
 * What a target gets of an event: a constant, a part of it, a text with parts of it in it, or all of it.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
export function inputOf(target: Target, rule: Rule, event: BusEvent): string {
  const { Input: constant, InputPath: path, InputTransformer: transformer } = target
  if (constant !== undefined) return constant
  if (path !== undefined) return JSON.stringify(at(event, path)) ?? 'null'
  if (!transformer) return JSON.stringify(event)
  const values = new Map<string, unknown>([
    ['aws.events.rule-arn', rule.arn],
    ['aws.events.rule-name', rule.name],
    ['aws.events.event.ingestion-time', event.time],
    ['aws.events.event', event],
    ['aws.events.event.json', event],
  ])
  for (const [name, one] of Object.entries(transformer.InputPathsMap ?? {})) {
    values.set(name, at(event, one))
  }
  return filled(transformer.InputTemplate ?? '', values)
}

/** Within quotation marks a value is part of the text, elsewhere it is JSON of its own. One that is not there is nothing. */
function filled(template: string, values: ReadonlyMap<string, unknown>): string {
  let quoted = false
  return template.replace(/\\.|"|<([^<>]+)>/g, (place, name: string | undefined) => {
    if (place === '"') quoted = !quoted
    if (name === undefined || !values.has(name)) return place
    const value = values.get(name)
    if (value === undefined) return ''
    if (!quoted) return JSON.stringify(value)
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    return JSON.stringify(text).slice(1, -1)
  })
}

/** `$.detail.canary`, `$.resources[0]`, `$.detail['a-b']` */
function at(event: BusEvent, path: string): unknown {
  let value: unknown = event
  for (const [, plain, index, quoted] of path.matchAll(/\.([\w-]+)|\[(\d+)\]|\['([^']+)'\]/g)) {
    value = (Object(value) as Readonly<Record<string, unknown>>)[plain ?? index ?? quoted ?? '']
  }
  return value
}
