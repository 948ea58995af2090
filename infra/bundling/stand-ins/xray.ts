/**
 * Stands in for `aws-xray-sdk-core`, 70 kB with its dependencies, under Powertools' tracer. Of that SDK the tracer needs
 * here what it has for Lambda: the subsegments that hang on the segment of Lambda's own, and the datagrams to the daemon.
 * What it has for servers, HTTP requests, the SDK's version 2, and sampling, which Lambda decides, is not there.
 *
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html
 */
import { randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'

type Annotation = string | number | boolean

const newId = () => randomBytes(8).toString('hex')
const seconds = () => Date.now() / 1_000

/** Lambda's own segment of the invocation, which Lambda itself tells the daemon of. */
export class Segment {
  readonly name: string
  id = ''
  trace_id = ''
  notTraced = true
  /** The last error that went through a subsegment, and where it came from. */
  exception?: { readonly ex: unknown; readonly cause: string }

  constructor(name: string) {
    this.name = name
  }

  addNewSubsegment(name: string): Subsegment {
    return new Subsegment(name, this, this)
  }

  /** Reads the trace of the invocation at hand: `Root=1-…;Parent=…;Sampled=1`. */
  readTrace(header: string): void {
    const field = (name: string) => new RegExp(`(?:^|;)\\s*${name}=([^;]*)`).exec(header)?.[1]
    if (field('Root') !== this.trace_id) delete this.exception
    this.trace_id = field('Root') ?? ''
    this.id = field('Parent') ?? ''
    this.notTraced = field('Sampled') !== '1' || this.trace_id === ''
  }
}

/** A part of an invocation, sent to the daemon when it is closed. */
export class Subsegment {
  readonly id = newId()
  readonly name: string
  readonly start_time = seconds()
  end_time?: number
  in_progress?: true = true
  fault?: true
  error?: true
  throttle?: true
  annotations?: Record<string, Annotation>
  metadata?: Record<string, Record<string, unknown>>
  cause?: object
  readonly #segment: Segment | undefined
  readonly #parent: Segment | Subsegment | undefined

  constructor(name: string, parent?: Segment | Subsegment, segment?: Segment) {
    this.name = name
    this.#parent = parent
    this.#segment = segment
  }

  get notTraced(): boolean {
    return this.#segment?.notTraced ?? true
  }

  addNewSubsegment(name: string): Subsegment {
    return new Subsegment(name, this, this.#segment)
  }

  addAnnotation(key: string, value: Annotation): void {
    this.annotations = { ...this.annotations, [key]: value }
  }

  addMetadata(key: string, value: unknown, namespace = 'default'): void {
    const of = { ...this.metadata?.[namespace], [key]: value ?? '' }
    this.metadata = { ...this.metadata, [namespace]: of }
  }

  addErrorFlag(): void {
    this.error = true
  }

  addFaultFlag(): void {
    this.fault = true
  }

  addThrottleFlag(): void {
    this.throttle = true
  }

  /** An error that comes up through several subsegments is told whole by the innermost; the others refer to it. */
  addError(thrown: unknown, remote = false): void {
    this.fault = true
    const seen = this.#segment?.exception
    if (seen?.ex === thrown) {
      this.cause = { id: seen?.cause, exceptions: [] }
      return
    }
    if (this.#segment) this.#segment.exception = { ex: thrown, cause: this.id }
    this.cause = { working_directory: process.cwd(), exceptions: [exceptionOf(thrown, remote)] }
  }

  isClosed(): boolean {
    return !this.in_progress
  }

  close(thrown?: unknown): void {
    this.end_time = seconds()
    delete this.in_progress
    if (thrown) this.addError(thrown)
    if (!this.notTraced) send(this)
  }

  toJSON(): object {
    const { notTraced } = this
    return {
      ...this,
      notTraced,
      type: 'subsegment',
      parent_id: this.#parent?.id,
      trace_id: this.#segment?.trace_id,
    }
  }
}

function exceptionOf(thrown: unknown, remote: boolean): object {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  const [, ...stack] = (error.stack ?? '').split('\n')
  return {
    message: error.message,
    type: error.name,
    stack: stack.map(frameOf),
    remote,
    id: newId(),
  }
}

/** `at label (path:line:column)`, or without a label. */
function frameOf(line: string): object {
  const [, label = 'anonymous', path, at] =
    /^\s*at (?:(.*) \()?([^():]*(?::\/\/[^:]*)?):(\d+)/.exec(line) ?? []
  return { path: path ?? line.trim(), line: Number(at ?? 0), label }
}

/** One datagram; whether the daemon gets it is not known to anybody. */
function send(subsegment: Subsegment): void {
  const [port = '2000', address = '127.0.0.1'] = daemonAddress().split(':').reverse()
  const message = `{"format":"json","version":1}\n${JSON.stringify(subsegment)}`
  const socket = createSocket('udp4')
  socket.send(message, Number(port), address, (error) => {
    if (error) console.warn(`X-Ray's daemon was not told of ${subsegment.name}:`, error)
    socket.close()
  })
}

/** `127.0.0.1:2000`, or both of `udp:127.0.0.1:2000 tcp:127.0.0.1:2000`. */
function daemonAddress(): string {
  const addresses = (process.env.AWS_XRAY_DAEMON_ADDRESS ?? '').split(' ')
  return addresses.find((address) => address.startsWith('udp:')) ?? addresses[0] ?? ''
}

const lambdas = new Segment('facade')
/** Of the one invocation that an execution environment has at a time. */
let current: Segment | Subsegment = lambdas

function getSegment(): Segment | Subsegment {
  if (current === lambdas) lambdas.readTrace(process.env._X_AMZN_TRACE_ID ?? '')
  return current
}

function setSegment(segment: Segment | Subsegment): void {
  current = segment
}

/** Without a trace, as outside of Lambda, nothing is sent: nothing is to be settled for that. */
function setContextMissingStrategy(): void {}

/** As the SDK is imported: by its default. */
export default { Segment, Subsegment, getSegment, setSegment, setContextMissingStrategy }
