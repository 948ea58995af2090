import type { RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2'
import { AwsError } from '../../wire/service.ts'

const invalid = (message: string): AwsError => new AwsError('ValidationError', message)

const valuesOf = (condition: RuleCondition, given: readonly string[] | undefined): string[] => {
  const values = given ?? condition.Values ?? []
  if (values.length === 0) throw invalid(`A condition on ${condition.Field} needs a value`)
  return [...values]
}

const accept = (condition: RuleCondition): RuleCondition => {
  switch (condition.Field) {
    case 'path-pattern': {
      const Values = valuesOf(condition, condition.PathPatternConfig?.Values)
      return { Field: 'path-pattern', Values, PathPatternConfig: { Values } }
    }
    case 'host-header': {
      const Values = valuesOf(condition, condition.HostHeaderConfig?.Values)
      return { Field: 'host-header', Values, HostHeaderConfig: { Values } }
    }
    case 'http-header': {
      const HttpHeaderName = condition.HttpHeaderConfig?.HttpHeaderName
      if (!HttpHeaderName) throw invalid('A condition on http-header needs HttpHeaderName')
      const Values = valuesOf(condition, condition.HttpHeaderConfig?.Values)
      return { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName, Values } }
    }
    default:
      throw invalid(
        `local AWS does not support conditions on ${condition.Field}: it has path-pattern, host-header and http-header`,
      )
  }
}

/** Conditions as AWS gives them back: old and new form of the values side by side. */
export const acceptConditions = (given: readonly RuleCondition[]): RuleCondition[] => {
  if (given.length === 0) throw invalid('Conditions is empty: give at least one')
  return given.map(accept)
}
