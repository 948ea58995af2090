import { createServer, Packet } from 'dns2'

export type AddressType = 'A' | 'AAAA'

/** What stands at a name. */
export type Answer =
  | { readonly kind: 'found'; readonly ttl: number; readonly addresses: readonly string[] }
  /** The name exists, but has no record of the type. */
  | { readonly kind: 'no-data' }
  | { readonly kind: 'no-name' }

export interface DnsServer {
  readonly host: string
  readonly port: number
  close(): Promise<void>
}

/** Answers A and AAAA over UDP on loopback, at a port that the system chooses, afresh at every question. */
export async function startDnsServer(
  answer: (name: string, type: AddressType) => Answer,
): Promise<DnsServer> {
  const server = createServer({
    udp: true,
    handle(request, send) {
      void send(respond(request, answer))
    },
  })
  // A datagram that is no question is nobody's to answer; the server goes on.
  server.on('requestError', () => {})
  const { udp } = await server.listen({ udp: { port: 0, address: '127.0.0.1' } })
  if (!udp) throw new Error('the DNS server has no address')
  return {
    host: '127.0.0.1',
    port: udp.port,
    async close() {
      await server.close()
    },
  }
}

function respond(request: Packet, answer: (name: string, type: AddressType) => Answer): Packet {
  const response = Packet.createResponseFromRequest(request)
  const [question] = request.questions
  const type = question && typeOf(question.type)
  if (!question || !type) {
    response.header.rcode = Packet.RCODE.NOTIMP
    return response
  }
  response.header.aa = 1
  const found = answer(question.name, type)
  if (found.kind === 'no-name') response.header.rcode = Packet.RCODE.NXDOMAIN
  if (found.kind === 'found') {
    for (const text of found.addresses) {
      const { name } = question
      const address = type === 'AAAA' ? inGroups(text) : text
      const record = { name, type: question.type, class: Packet.CLASS.IN, ttl: found.ttl, address }
      response.answers.push(Packet.createResourceFromQuestion(question, record))
    }
  }
  return response
}

function typeOf(code: number): AddressType | undefined {
  if (code === Packet.TYPE.A) return 'A'
  return code === Packet.TYPE.AAAA ? 'AAAA' : undefined
}

/** An IPv6 address in groups alone: the library does not know the dotted end of `::ffff:127.0.0.2`. */
function inGroups(address: string): string {
  return new URL(`http://[${address}]`).hostname.slice(1, -1)
}
