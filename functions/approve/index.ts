import { APPROVER_SIGNALS } from '../../events/signal-request.ts'
import {
  type Container,
  clock,
  connect,
  identities,
  store,
  workflows,
} from '../shared/container.ts'
import { answerRequest } from '../shared/signal-request.ts'
import { atFirstCall, watched } from '../shared/watched.ts'

const needs = { clock, store, workflows, identities }

/** What an approver may ask for. A function of its own, because IAM tells functions apart and not their payloads. */
export function createApproveHandler(container: Container<typeof needs>) {
  return watched(container.watch, async (event, { awsRequestId }) =>
    answerRequest(container, APPROVER_SIGNALS, event, awsRequestId),
  )
}

export const handler = atFirstCall(() => createApproveHandler(connect(needs)))
