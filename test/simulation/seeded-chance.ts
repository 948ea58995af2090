import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { seededRandom } from '../../local/seeded-random.ts'

/**
 * Everything that calls itself random comes from a seed from here on: ids of local AWS, jitter of the SDK's and the
 * workflow's retries. With a fake clock and without input or output, the same seed then gives the same run to the byte.
 * @returns the way back.
 */
export function seedChance(seed: number): () => void {
  const random = seededRandom(seed)
  const before = { random: Math.random, uuid: crypto.randomUUID, bytes: crypto.randomBytes }
  const bytes = (size: number): Buffer => {
    const buffer = Buffer.allocUnsafe(size)
    for (let index = 0; index < size; index++) buffer[index] = Math.floor(random() * 256)
    return buffer
  }
  const uuid = () => {
    const hex = bytes(16).toString('hex')
    const part = (from: number, to: number) => hex.slice(from, to)
    return `${part(0, 8)}-${part(8, 12)}-4${part(13, 16)}-8${part(17, 20)}-${part(20, 32)}` as const
  }
  Math.random = random
  Object.assign(crypto, { randomUUID: uuid, randomBytes: bytes })
  // Named imports of other modules follow.
  syncBuiltinESMExports()
  return () => {
    Math.random = before.random
    Object.assign(crypto, { randomUUID: before.uuid, randomBytes: before.bytes })
    syncBuiltinESMExports()
  }
}
