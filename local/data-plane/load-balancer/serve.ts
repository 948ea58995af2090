import { Agent, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Action, RedirectActionConfig } from '@aws-sdk/client-elastic-load-balancing-v2'
import { type Elbv2State, targetKey } from '../../services/elbv2/state.ts'
import { createTargetChoice } from './choose-target.ts'
import { targetGroupDimension } from './dimensions.ts'
import { forward } from './forward.ts'
import type { LoadBalancerMetrics } from './metrics.ts'
import { routedRequest } from './request.ts'
import { chooseActions } from './rules.ts'

/** Answers the requests of listeners by what the state says at that moment. */
export function createServing(
  state: Elbv2State,
  metrics: LoadBalancerMetrics,
  random: () => number,
) {
  const chooseTarget = createTargetChoice(state, random)
  // Targets close idle connections after five seconds: leave before they do.
  const agent = new Agent({ keepAlive: true, maxSockets: 64, timeout: 4_000 })

  async function serve(listenerArn: string, incoming: IncomingMessage, outgoing: ServerResponse) {
    const listener = state.listeners.get(listenerArn)
    const chosen = chooseActions(state, listenerArn, routedRequest(incoming))
    if (!listener || !chosen) return answer(outgoing, 503, 'the listener is gone')
    const { loadBalancerArn } = listener
    const own = (status: number, text: string) => {
      metrics.served({ loadBalancerArn, status, by: 'load-balancer' })
      answer(outgoing, status, text)
    }
    const [first] = chosen.actions
    if (first?.Type !== 'forward') return withoutTarget(first, own, incoming, outgoing)

    const config = first.ForwardConfig ?? {}
    const choice = chooseTarget(chosen.place, config, incoming.headers.cookie)
    const groupName = targetGroupDimension(choice.targetGroupArn ?? 'targetgroup/none')
    if (choice.kind === 'none') return own(503, `there are no targets in ${groupName}`)
    const { target, targetGroupArn, cookie } = choice
    const forwarded = await forward(incoming, outgoing, target, agent, cookie)
    if (forwarded.kind === 'failed') {
      own(502, `${targetKey(target)} of ${groupName} did not answer: ${forwarded.why}`)
    }
    if (forwarded.kind === 'answered') {
      metrics.served({
        loadBalancerArn,
        targetGroupArn,
        status: forwarded.status,
        by: 'target',
        responseTime: forwarded.responseTime,
      })
    }
  }

  return { serve, close: () => agent.destroy() }
}

function withoutTarget(
  action: Action | undefined,
  own: (status: number, text: string) => void,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
) {
  switch (action?.Type) {
    case 'fixed-response': {
      const { StatusCode = '200', MessageBody = '' } = action.FixedResponseConfig ?? {}
      return answer(outgoing, Number(StatusCode), MessageBody)
    }
    case 'redirect': {
      outgoing.setHeader('location', redirectTarget(action.RedirectConfig, incoming))
      const status = action.RedirectConfig?.StatusCode === 'HTTP_301' ? 301 : 302
      return answer(outgoing, status, '')
    }
    case 'authenticate-oidc':
    case 'authenticate-cognito':
      // Letting requests through would pretend that somebody had been authenticated.
      return own(501, 'local AWS does not authenticate: this rule cannot be served here')
    default:
      return own(501, `local AWS does not serve actions of type ${action?.Type}`)
  }
}

/** The parts that a redirect does not give stay the request's; `#{host}` and its kind stand for them in those it gives. */
function redirectTarget(config: RedirectActionConfig | undefined, incoming: IncomingMessage) {
  const { host, path, query } = routedRequest(incoming)
  const own: Record<string, string> = {
    protocol: 'http',
    host,
    port: String(incoming.socket.localPort ?? ''),
    path: path.slice(1),
    query,
  }
  const fill = (text: string) => text.replace(/#\{(\w+)\}/g, (_, name: string) => own[name] ?? '')
  const {
    Protocol = '#{protocol}',
    Host = '#{host}',
    Port = '#{port}',
    Path = '/#{path}',
    Query = '#{query}',
  } = config ?? {}
  const base = fill(`${Protocol.toLowerCase()}://${Host}:${Port}${Path}`)
  const filled = fill(Query)
  return filled === '' ? base : `${base}?${filled}`
}

function answer(outgoing: ServerResponse, status: number, text: string) {
  if (outgoing.headersSent) return
  outgoing.writeHead(status, { server: 'awselb/2.0', 'content-type': 'text/plain' })
  outgoing.end(text === '' ? '' : `${text}\n`)
}
