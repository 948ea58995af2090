import { randomUUID } from 'node:crypto'
import type { EcsService } from './state.ts'

/** How many of a service's messages ECS keeps. */
const KEPT = 100

/** Adds a message to those that DescribeServices shows, newest first. */
export function note(service: EcsService, message: string): void {
  service.events.unshift({
    id: randomUUID(),
    createdAt: new Date(),
    message: `(service ${service.name}) ${message}`,
  })
  service.events.length = Math.min(service.events.length, KEPT)
}
