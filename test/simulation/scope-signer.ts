import type { HttpRequest } from '@smithy/core/protocols'
import type { ClientDefaults } from '../../functions/shared/container.ts'

type SignerClass = NonNullable<ClientDefaults['signerConstructor']>
type Options = ConstructorParameters<SignerClass>[0]

/**
 * Says who asks and of which service, and signs nothing: local AWS reads the scope of a signature and no more. A tenth of
 * a simulation's time went into hashes that nobody looked at; signatures have tests of their own.
 */
export class ScopeSigner {
  readonly #credentials: Options['credentials']
  readonly #region: Options['region']
  readonly #service: string

  constructor({ credentials, region, service }: Options) {
    this.#credentials = credentials
    this.#region = region
    this.#service = service
  }

  async sign(request: HttpRequest, options: { readonly signingService?: string } = {}) {
    const { accessKeyId } = await known(this.#credentials)
    const day = new Date().toISOString().slice(0, 10).replaceAll('-', '')
    const service = options.signingService ?? this.#service
    const scope = [accessKeyId, day, await known(this.#region), service, 'aws4_request']
    request.headers.authorization = `AWS4-HMAC-SHA256 Credential=${scope.join('/')}`
    return request
  }
}

const known = async <Value>(given: Value | (() => Promise<Value>)): Promise<Value> =>
  given instanceof Function ? given() : given
