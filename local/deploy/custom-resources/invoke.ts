import { randomUUID } from 'node:crypto'
import type { Lambda } from '../../services/lambda/index.ts'
import { DeployError } from '../template.ts'
import type { CustomResourceResponse, Responses } from './responses.ts'

/** What CloudFormation asks of a custom resource's function. */
export interface CustomResourceRequest {
  readonly RequestType: 'Create' | 'Update' | 'Delete'
  readonly ServiceToken: string
  readonly StackId: string
  readonly ResourceType: string
  readonly LogicalResourceId: string
  readonly PhysicalResourceId?: string
  readonly ResourceProperties: Readonly<Record<string, unknown>>
  readonly OldResourceProperties?: Readonly<Record<string, unknown>>
}

export type InvokeCustomResource = (
  request: CustomResourceRequest,
  timeoutSeconds: number,
) => Promise<CustomResourceResponse>

/**
 * Invokes the function and waits for what it PUTs to the URL in its event. A function that fails without an answer is
 * told at once; CloudFormation, which does not hear of that, would wait out the timeout.
 */
export const customResourceInvoker =
  (lambda: Pick<Lambda, 'invoke'>, responses: Responses): InvokeCustomResource =>
  async (request, timeoutSeconds) => {
    const { url, response, close } = responses.open()
    const RequestId = randomUUID()
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(
      () =>
        late.reject(
          new DeployError(
            `CloudFormation did not receive a response from your Custom Resource within ${timeoutSeconds} s`,
          ),
        ),
      timeoutSeconds * 1000,
    )
    const failed = async (): Promise<never> => {
      const event = { ...request, RequestId, ResponseURL: url }
      const result = await lambda.invoke(request.ServiceToken, event, RequestId)
      if (result.kind === 'returned') return late.promise
      const { errorType, errorMessage } = result.error
      throw new DeployError(
        `${request.ServiceToken} failed without an answer: ${errorType}: ${errorMessage}`,
      )
    }
    try {
      return await Promise.race([response, failed()])
    } finally {
      clearTimeout(timer)
      // The race may be over before the timer is: nobody is told then.
      late.promise.catch(() => undefined)
      close()
    }
  }
