/** What an ECS task event has to name. */
export interface DeployedTo {
  readonly service: string
  readonly revision: string
  readonly deployment: string
}

/** This share of the events comes twice. */
export const DUPLICATES = 0.3

/** So many events of tasks, a share of them twice, in any order; the deployments take turns, each with tasks of its own. */
export function burstOf<Told>(
  deployments: readonly DeployedTo[],
  events: number,
  random: () => number,
  told: (deployed: DeployedTo, task: number) => Told,
): Told[] {
  const different = Math.ceil(events / (1 + DUPLICATES))
  const once = Array.from({ length: different }, (_, task) =>
    told(deployments[task % deployments.length] as DeployedTo, task),
  )
  return shuffled([...once, ...once.slice(0, events - different)], random)
}

function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  const order = items.map((item) => ({ item, at: random() }))
  return order.sort((a, b) => a.at - b.at).map(({ item }) => item)
}
