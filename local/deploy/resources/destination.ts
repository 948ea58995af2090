import type { Properties } from '../properties.ts'

/** The queue that gets what a function failed at. */
export function onFailureOf(properties: Properties): string | undefined {
  const destinations = properties.nested('DestinationConfig')
  const onFailure = destinations.nested('OnFailure')
  const destination = onFailure.optional<string>('Destination')
  onFailure.end()
  destinations.end()
  if (destination === undefined || destination.split(':')[2] === 'sqs') return destination
  return properties.refuse(`the destination ${destination} is no queue; local AWS has SQS alone`)
}
