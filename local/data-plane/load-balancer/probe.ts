import { request } from 'node:http'
import type { Probe } from './health-checks.ts'

/** A health check over HTTP, with a connection of its own, as a load balancer makes it. */
export const httpProbe: Probe = ({ host, port, path, timeoutMs }) =>
  new Promise((resolve) => {
    const outgoing = request(
      {
        host,
        port,
        path,
        agent: false,
        headers: { 'user-agent': 'ELB-HealthChecker/2.0' },
        signal: AbortSignal.timeout(timeoutMs),
      },
      (response) => {
        response.resume()
        response.on('error', () => {})
        resolve(response.statusCode)
      },
    )
    // No answer is an answer here: the target is not well.
    outgoing.on('error', () => resolve(undefined))
    outgoing.end()
  })
