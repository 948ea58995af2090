import type { ChangeInfo, GetChangeRequest } from '@aws-sdk/client-route-53'
import { AwsError } from '../../wire/service.ts'
import type { Change, Route53State } from './state.ts'

const shown = (change: Change): ChangeInfo => ({
  Id: `/change/${change.id}`,
  Status: Date.now() >= change.inSyncAt ? 'INSYNC' : 'PENDING',
  SubmittedAt: change.submittedAt,
  ...(change.comment !== undefined && { Comment: change.comment }),
})

/** Every answer to a change says PENDING, even where it is everywhere at once: as AWS, which never knows yet. */
export const recordChange = (
  state: Route53State,
  inSyncAfterMs: number,
  comment: string | undefined,
): ChangeInfo => {
  const submittedAt = new Date()
  const change: Change = {
    id: state.nextId('C'),
    submittedAt,
    inSyncAt: submittedAt.getTime() + inSyncAfterMs,
    comment,
  }
  state.remember(change)
  return { ...shown(change), Status: 'PENDING' }
}

export const getChange = (state: Route53State) => (input: GetChangeRequest) => {
  const id = (input.Id ?? '').replace(/^\/?change\//, '')
  const change = state.changes.get(id)
  if (!change) throw new AwsError('NoSuchChange', `Could not find resource with ID: ${id}`, 404)
  return { ChangeInfo: shown(change) }
}
