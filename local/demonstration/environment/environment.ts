import type { Clients } from '../clients.ts'

export const ROUTERS = ['alb', 'route53'] as const
export type RouterName = (typeof ROUTERS)[number]

export const SLOTS = ['blue', 'green'] as const
export type SlotName = (typeof SLOTS)[number]
export type BySlot<Value> = Readonly<Record<SlotName, Value>>

export const otherSlot = (slot: SlotName): SlotName => (slot === 'blue' ? 'green' : 'blue')

/** What stands in AWS for one canary: the services of both slots and the router in front of them. */
export interface Environment {
  readonly router: RouterName
  readonly canary: string
  readonly cluster: string
  readonly services: BySlot<string>
  /** The definition that goes into the table. */
  readonly definition: object
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

export interface EnvironmentOptions {
  readonly seed: number
  /** How long the candidate may take to be ready, as a definition has it. */
  readonly readyTimeout: string
}

export type CreateEnvironment = (
  clients: Clients,
  options: EnvironmentOptions,
) => Promise<Environment>
