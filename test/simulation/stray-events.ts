import type { LocalAws } from '../../local/aws.ts'

/** Events that must change nothing: of something else, too late, or no events at all. */
export const STRAYS = [
  /** One that came before, with its own id: delivered twice, and late. */
  'again',
  /** Of a service whose name holds the canary's. */
  'namesake',
  /** Of a service of the same name in another cluster. */
  'elsewhere',
  /** Of a deployment that is none (any more). */
  'former-deployment',
  /** Without what every such event has. */
  'broken',
] as const
export type Stray = (typeof STRAYS)[number]

type BusEvent = Parameters<Parameters<LocalAws['eventbridge']['onEvent']>[0]>[0]
type Detail = Readonly<Record<string, unknown>>

/**
 * Puts events on the bus that nothing stands behind, made of those that came by before.
 * @returns what does so; its `share` of all events so far, from 0 up to 1, says which of them is the model.
 */
export function createStrayEvents({ eventbridge }: Pick<LocalAws, 'eventbridge'>) {
  const seen: BusEvent[] = []
  eventbridge.onEvent((event) => {
    if (event.source !== 'sluice') seen.push(event)
  })
  const isRunning = ({ source, detail }: BusEvent) =>
    source === 'aws.ecs' && (detail as Detail).lastStatus === 'RUNNING'

  return (stray: Stray, share: number): void => {
    const models = stray === 'again' ? seen : seen.filter(isRunning)
    const model = models[Math.floor(share * models.length)]
    if (!model) return
    const { source, 'detail-type': detailType, resources } = model
    const detail = model.detail as Detail
    const again = stray === 'again' ? { id: model.id } : {}
    eventbridge.publish({
      ...{ source, detailType, resources, ...again },
      detail: { ...detail, ...changesOf(stray, detail) },
    })
  }
}

function changesOf(stray: Stray, { group }: Detail): Detail {
  switch (stray) {
    case 'again':
      return {}
    case 'namesake':
      return { group: `${group}-green`, startedBy: 'ecs-svc/1' }
    case 'elsewhere':
      return { clusterArn: 'arn:aws:ecs:us-east-1:123456789012:cluster/shop-2' }
    case 'former-deployment':
      return { startedBy: 'ecs-svc/0' }
    case 'broken':
      return { taskDefinitionArn: undefined, containers: 'none' }
  }
}
