import type { Release } from '../environment/release.ts'

export const good = (version: string): Release => ({ version, environment: {} })
/** @param faults as the sample application's help tells them. */
export const faulty = (version: string, faults: string): Release => ({
  version,
  environment: { FAULTS: faults },
})
