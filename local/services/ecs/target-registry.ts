/** The scheduler's view of load balancing: where a service's tasks are registered, and how they fare there. */
export interface TargetRegistry {
  exists(targetGroupArn: string): boolean
  register(targetGroupArn: string, target: TargetAddress): void
  /** Starts draining. */
  deregister(targetGroupArn: string, target: TargetAddress): void
  /** `undefined` once the target is registered no more, draining being over. */
  health(targetGroupArn: string, target: TargetAddress): TargetHealth | undefined
}

export interface TargetAddress {
  readonly id: string
  readonly port: number
}

export interface TargetHealth {
  readonly state: string
  readonly reason?: string
}

/** For an AWS without load balancers. */
export const noTargets: TargetRegistry = {
  exists: () => false,
  register: () => {},
  deregister: () => {},
  health: () => undefined,
}
