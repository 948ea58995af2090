/**
 * Stands in for `@smithy/core/event-streams`. Lambda's client is made with it, and would use it for one operation that
 * no adapter calls.
 */
export function resolveEventStreamSerdeConfig<Config>(config: Config): Config {
  return config
}

export function eventStreamSerdeProvider(): never {
  throw new Error(
    'event streams are not in this bundle; infra/bundling/stand-ins/event-streams.ts says why',
  )
}

export class EventStreamSerde {
  constructor() {
    eventStreamSerdeProvider()
  }
}
