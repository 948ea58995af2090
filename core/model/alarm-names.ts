import type { Definition } from './definition.ts'

/** The alarms that a definition's checks name, each once. */
export function alarmNames({ checks }: Pick<Definition, 'checks'>): readonly string[] {
  const names = checks.flatMap((check) => (check.type === 'alarms' ? check.alarms : []))
  return [...new Set(names)]
}
