import { randomUUID } from 'node:crypto'
import type { Operation, Service } from '../../wire/service.ts'

/** Calls an operation of a service as its endpoint does. */
export async function callOperation<O>(
  service: Pick<Service, 'operations'>,
  name: string,
  input: object,
): Promise<O> {
  const operation = service.operations[name] as Operation<object> | undefined
  if (!operation) throw new Error(`there is no operation ${name}`)
  return (await operation(input, { requestId: randomUUID() })) as O
}
