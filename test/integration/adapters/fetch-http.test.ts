import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFetchHttp } from '../../../adapters/fetch-http.ts'
import type { HttpRequest } from '../../../core/ports.ts'

const ROUTES: Readonly<Record<string, RequestListener>> = {
  '/echo': (request, response) => {
    request.setEncoding('utf8')
    let body = ''
    request.on('data', (part: string) => {
      body += part
    })
    request.on('end', () => {
      const { method, headers } = request
      const { accept, 'user-agent': agent } = headers
      response.writeHead(201).end(JSON.stringify({ method, body, accept, agent }))
    })
  },
  '/elsewhere': (_, response) => response.writeHead(302, { location: '/echo' }).end(),
  '/large': (_, response) => response.end(`${'é'.repeat(100_000)}end`),
  '/never': () => {},
  '/half': (_, response) => {
    response.writeHead(200)
    response.write('half')
  },
  '/broken': (_, response) => response.destroy(),
}

describe('requests of a probe', () => {
  const http = createFetchHttp(fetch)
  let server: Server
  let base: string

  beforeAll(async () => {
    server = createServer((request, response) => ROUTES[request.url ?? '']?.(request, response))
    await once(server.listen(0, '127.0.0.1'), 'listening')
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })

  const ask = (path: string, changes: Partial<HttpRequest> = {}) =>
    http.request({
      url: path.startsWith('/') ? `${base}${path}` : path,
      method: 'GET',
      headers: {},
      timeoutMs: 30_000,
      ...changes,
    })

  it('carry method, headers and body, and give status, body and time', async () => {
    const answer = await ask('/echo', {
      method: 'POST',
      headers: { accept: 'text/x', 'User-Agent': 'me' },
      body: 'ping',
    })
    expect(answer).toEqual({
      kind: 'answered',
      status: 201,
      body: JSON.stringify({ method: 'POST', body: 'ping', accept: 'text/x', agent: 'me' }),
      milliseconds: expect.any(Number),
    })
    expect(answer.milliseconds).toBeGreaterThan(0)
  })

  it('follow nothing: a redirect is the answer', async () => {
    expect(await ask('/elsewhere')).toMatchObject({ kind: 'answered', status: 302, body: '' })
  })

  it('read no more of a body than its first 64 KB', async () => {
    const answer = await ask('/large')
    if (answer.kind !== 'answered') throw new Error(answer.reason)
    expect(answer.body).toBe('é'.repeat(32 * 1024))
  })

  it.each(['/never', '/half'])('of %s end when their time is over', async (path) => {
    expect(await ask(path, { timeoutMs: 50 })).toMatchObject({
      kind: 'silent',
      reason: 'no answer within 0.05 s',
    })
  })

  it.each([
    ['/broken', 'no answer: other side closed'],
    ['http://127.0.0.1:1/', 'no answer: bad port'],
    ['http://nowhere.invalid/', /^no answer: getaddrinfo (ENOTFOUND|EAI_AGAIN) nowhere\.invalid$/],
    ['https://green is/', 'no answer: Invalid URL'],
  ])('to %s are silent, with why', async (path, reason) => {
    expect(await ask(path)).toMatchObject({
      kind: 'silent',
      reason:
        typeof reason === 'string'
          ? expect.stringContaining(reason)
          : expect.stringMatching(reason),
    })
  })

  it('to a port at which nobody listens say so', async () => {
    const closed = createServer()
    await once(closed.listen(0, '127.0.0.1'), 'listening')
    const { port } = closed.address() as AddressInfo
    closed.close()
    await once(closed, 'close')
    const answer = await ask(`http://127.0.0.1:${port}/`)
    expect(answer).toMatchObject({
      kind: 'silent',
      reason: `no answer: connect ECONNREFUSED 127.0.0.1:${port}`,
    })
  })
})
