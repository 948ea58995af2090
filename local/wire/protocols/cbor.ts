import { CborCodec, cbor } from '@smithy/core/cbor'
import { checkDocument, MalformedInput } from '../input-check.ts'
import { JSON_REFUSALS } from '../refusal.ts'
import { errorMembers, type Protocol } from './protocol.ts'

const codec = new CborCodec()

/** Smithy RPC v2 over CBOR, which newer SDKs and CLIs speak to CloudWatch. */
export const rpcV2Cbor: Protocol = {
  unknownOperation: 'UnknownOperationException',
  malformed: 'SerializationException',
  refusals: JSON_REFUSALS,
  decode: (operation, request) => {
    let document: unknown = {}
    try {
      if (request.body.byteLength > 0) document = cbor.deserialize(request.body)
    } catch (error) {
      throw new MalformedInput(`the request body is no CBOR: ${(error as Error).message}`)
    }
    checkDocument(operation.input, document)
    if (operation.input.isUnitSchema()) return {}
    return codec.createDeserializer().readValue(operation.input, document)
  },
  encode: (operation, output, { requestId }) => {
    const serializer = codec.createSerializer()
    const unit = operation.output.isUnitSchema()
    if (!unit) serializer.write(operation.output, output)
    return {
      status: 200,
      headers: {
        'smithy-protocol': 'rpc-v2-cbor',
        'x-amzn-requestid': requestId,
        ...(!unit && { 'content-type': 'application/cbor' }),
      },
      body: unit ? '' : serializer.flush(),
    }
  },
  encodeError: (error, shape, { requestId }) => ({
    status: shape?.status ?? error.status,
    headers: {
      'smithy-protocol': 'rpc-v2-cbor',
      'content-type': 'application/cbor',
      'x-amzn-requestid': requestId,
    },
    body: cbor.serialize({ __type: shape?.name ?? error.code, ...errorMembers(error, shape) }),
  }),
}
