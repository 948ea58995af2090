import type { Release } from '../environment/services.ts'

export const good = (version: string): Release => ({ version, environment: {} })
export const withErrors = (version: string): Release => ({
  version,
  environment: { ERRORS: '5%' },
})
export const neverReady = (version: string): Release => ({
  version,
  environment: { UNHEALTHY: '1' },
})
