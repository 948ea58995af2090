import { directory } from '../directory.ts'
import { MalformedInput } from '../input-check.ts'
import { XML_REFUSALS } from '../refusal.ts'
import { envelope, type OperationShape, type Shape } from '../schema.ts'
import type { WireRequest } from '../service.ts'
import type { Protocol } from './protocol.ts'
import { writeXml, xmlError } from './xml.ts'

/** Parameters as a tree: `Actions.member.1.Type=forward` is a leaf three levels down. */
interface Branch {
  readonly path: string
  value?: string
  readonly children: Map<string, Branch>
}

export const formOf = (request: WireRequest): URLSearchParams => {
  const form = new URLSearchParams(new TextDecoder().decode(request.body))
  for (const [name, value] of Object.entries(request.query)) {
    for (const one of [value].flat()) form.append(name, one)
  }
  return form
}

const treeOf = (form: URLSearchParams): Branch => {
  const root: Branch = { path: '', children: new Map() }
  for (const [name, value] of form) {
    if (name === 'Action' || name === 'Version') continue
    let branch = root
    for (const part of name.split('.')) {
      const path = branch.path === '' ? part : `${branch.path}.${part}`
      const next = branch.children.get(part) ?? { path, children: new Map() }
      branch.children.set(part, next)
      branch = next
    }
    branch.value = value
  }
  return root
}

const leaf = (branch: Branch): string => {
  const [below] = branch.children.values()
  if (below || branch.value === undefined) {
    throw new MalformedInput(`local AWS does not know the parameter ${(below ?? branch).path}`)
  }
  return branch.value
}

const inOrder = (branch: Branch): Branch[] =>
  [...branch.children.entries()]
    .map(([key, child]) => {
      const position = Number(key)
      if (!Number.isInteger(position) || position < 1) {
        throw new MalformedInput(`${child.path} is not a numbered member of ${branch.path}`)
      }
      return { position, child }
    })
    .sort((a, b) => a.position - b.position)
    .map(({ child }) => child)

const xmlName = (shape: Shape, otherwise: string): string =>
  String((shape.getMergedTraits() as { xmlName?: string }).xmlName ?? otherwise)

/** Members of a list or entries of a map: numbered directly where flattened, below one more name otherwise. */
const numbered = (shape: Shape, branch: Branch, name: string): Branch[] => {
  if (branch.value === '' && branch.children.size === 0) return []
  const flat = Boolean((shape.getMergedTraits() as { xmlFlattened?: unknown }).xmlFlattened)
  if (flat) return inOrder(branch)
  const below = branch.children.get(name)
  if (!below || branch.children.size > 1 || branch.value !== undefined) {
    throw new MalformedInput(`${branch.path} is not given as ${branch.path}.${name}.1, …`)
  }
  return inOrder(below)
}

const scalar = (shape: Shape, branch: Branch): unknown => {
  const text = leaf(branch)
  const wrong = (wanted: string) => new MalformedInput(`${branch.path} is "${text}", not ${wanted}`)
  if (shape.isBooleanSchema()) {
    if (text !== 'true' && text !== 'false') throw wrong('true or false')
    return text === 'true'
  }
  if (shape.isNumericSchema()) {
    if (text.trim() === '' || Number.isNaN(Number(text))) throw wrong('a number')
    return Number(text)
  }
  if (shape.isTimestampSchema()) {
    const time = /^[\d.]+$/.test(text) ? Number(text) * 1000 : Date.parse(text)
    if (Number.isNaN(time)) throw wrong('a time')
    return new Date(time)
  }
  if (shape.isBlobSchema()) return new Uint8Array(Buffer.from(text, 'base64'))
  return text
}

const read = (shape: Shape, branch: Branch): unknown => {
  if (shape.isStructSchema()) {
    const members = new Map(
      [...shape.structIterator()].map(([name, inner]) => [xmlName(inner, name), { name, inner }]),
    )
    const value: Record<string, unknown> = {}
    for (const [key, child] of branch.children) {
      const known = members.get(key)
      if (!known) throw new MalformedInput(`local AWS does not know the parameter ${child.path}`)
      value[known.name] = read(known.inner, child)
    }
    return value
  }
  if (shape.isListSchema()) {
    const item = shape.getValueSchema()
    return numbered(shape, branch, xmlName(item, 'member')).map((child) => read(item, child))
  }
  if (shape.isMapSchema()) {
    const entries = numbered(shape, branch, 'entry').map((entry) => {
      const key = entry.children.get(xmlName(shape.getKeySchema(), 'key'))
      const value = entry.children.get(xmlName(shape.getValueSchema(), 'value'))
      if (!key || !value) throw new MalformedInput(`${entry.path} lacks its key or its value`)
      return [leaf(key), read(shape.getValueSchema(), value)] as const
    })
    return Object.fromEntries(entries)
  }
  return scalar(shape, branch)
}

const namespaceOf = (service: string): string => directory[service]?.xmlNamespace ?? ''

const METADATA = envelope('ResponseMetadata', { RequestId: 'string' })

const responseShape = (operation: OperationShape): Shape =>
  envelope(`${operation.name}Response`, {
    ...(!operation.output.isUnitSchema() && { [`${operation.name}Result`]: operation.output }),
    ResponseMetadata: METADATA,
  })

/** AWS Query: form-encoded parameters in, XML out. */
export const awsQuery: Protocol = {
  unknownOperation: 'InvalidAction',
  malformed: 'MalformedInput',
  refusals: XML_REFUSALS,
  decode: (operation, request) => {
    const tree = treeOf(formOf(request))
    if (!operation.input.isUnitSchema()) return read(operation.input, tree)
    const [extra] = tree.children.values()
    if (extra) throw new MalformedInput(`local AWS does not know the parameter ${extra.path}`)
    return {}
  },
  encode: (operation, output, { service, requestId }) => ({
    status: 200,
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
    body: writeXml(
      responseShape(operation),
      { [`${operation.name}Result`]: output, ResponseMetadata: { RequestId: requestId } },
      namespaceOf(service),
    ),
  }),
  encodeError: (error, shape, answering) =>
    xmlError(error, shape, answering, namespaceOf(answering.service)),
}
