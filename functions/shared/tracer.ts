import { Tracer } from '@aws-lambda-powertools/tracer'
import { captureLambdaHandler } from '@aws-lambda-powertools/tracer/middleware'

export type { Tracer }

/** Powertools' tracer with its middleware. Imported only on demand: it brings the X-Ray SDK with it. */
export function createTracer(service: string) {
  const tracer = new Tracer({ serviceName: service, captureHTTPsRequests: false })
  return { tracer, middleware: captureLambdaHandler(tracer, { captureResponse: false }) }
}
