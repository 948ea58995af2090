import { type Parsed, read } from './outcome.ts'
import * as z from './zod.ts'

const text = z.string().check(z.minLength(1))

/** Of all that CloudFormation says, what a definition is made of. It passes properties on as texts. */
const common = { StackId: text, LogicalResourceId: text }
const properties = z.looseObject({ Definition: text })

const schema = z.discriminatedUnion('RequestType', [
  z.looseObject({ ...common, RequestType: z.literal('Create'), ResourceProperties: properties }),
  z.looseObject({
    ...common,
    RequestType: z.literal('Update'),
    PhysicalResourceId: text,
    ResourceProperties: properties,
  }),
  // What it was created with counts no more: only what it is called.
  z.looseObject({ ...common, RequestType: z.literal('Delete'), PhysicalResourceId: text }),
])

export type CustomResourceRequest = z.output<typeof schema>

/**
 * A request for a custom resource, as CDK's provider framework hands it to its `onEvent` function.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html
 */
export function parseCustomResourceRequest(event: unknown): Parsed<CustomResourceRequest> {
  return read(schema, event, 'request of CloudFormation for a canary')
}
