import type { Clients } from '../clients.ts'
import type { Outputs } from './outputs.ts'

export const ROUTERS = ['alb', 'route53'] as const
export type RouterName = (typeof ROUTERS)[number]

export const SLOTS = ['blue', 'green'] as const
export type SlotName = (typeof SLOTS)[number]
export type BySlot<Value> = Readonly<Record<SlotName, Value>>

export const otherSlot = (slot: SlotName): SlotName => (slot === 'blue' ? 'green' : 'blue')

/** One of the example's environments as it stands in AWS: the services of both slots and the router in front of them. */
export interface Environment {
  readonly router: RouterName
  readonly stack: string
  readonly canary: string
  readonly cluster: string
  readonly services: BySlot<string>
  /** The name that clients call. */
  readonly host: string
  /** How clients find it: a load balancer's listener, or the name's records. */
  readonly entrance:
    | { readonly kind: 'listener'; readonly listener: string }
    | { readonly kind: 'name'; readonly listener: string }
  /** The weights as the router has them, asked of AWS and not of Sluice. */
  readWeights(): Promise<BySlot<number>>
  /** AWS CLI commands that show the router. */
  readonly commands: readonly string[]
}

/** How an environment is known by what its stack tells of itself. */
export interface Example {
  readonly stack: string
  find(clients: Clients, outputs: Outputs): Environment
}
