interface Endpoint {
  readonly Address: string
  readonly CachePeriodInMinutes: number
}

/**
 * Stands in for `@aws-sdk/endpoint-cache`, 7 kB with its dependencies, which the DynamoDB client makes one of and asks
 * nothing unless endpoint discovery is switched on. Forgets by time alone: there is one endpoint.
 */
export class EndpointCache {
  readonly #found = new Map<string, { readonly Address: string; readonly Expires: number }[]>()

  getEndpoint(key: string): string | undefined {
    return this.get(key)?.[0]?.Address
  }

  get(key: string) {
    const alive = this.#found.get(key)?.filter(({ Expires }) => Date.now() < Expires) ?? []
    return alive.length > 0 ? alive : undefined
  }

  set(key: string, endpoints: readonly Endpoint[]): void {
    const alive = endpoints.map(({ Address, CachePeriodInMinutes }) => ({
      Address,
      Expires: Date.now() + CachePeriodInMinutes * 60_000,
    }))
    this.#found.set(key, alive)
  }

  has(key: string): boolean {
    return this.get(key) !== undefined
  }

  delete(key: string): void {
    this.#found.delete(key)
  }

  clear(): void {
    this.#found.clear()
  }
}
