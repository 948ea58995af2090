/** Dice that fall the same way for the same seed. */
export interface Dice {
  /** Evenly in [0, 1). */
  next(): number
  /** How many of `trials` independent trials succeed. */
  successes(trials: number, chance: number): number
  /** Standard normal. */
  normal(): number
}

/** A small fast generator of 128 bits of state (sfc32), started from a seed and a name. */
export function createDice(seed: number, name: string): Dice {
  let [a, b, c, d] = [seed | 0, hash(name), 0x9e37_79b9, 1]
  const next = () => {
    const sum = (a + b + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    return (sum >>> 0) / 2 ** 32
  }
  for (let warmUp = 0; warmUp < 16; warmUp++) next()
  const successes = (trials: number, chance: number): number => {
    if (chance <= 0 || trials <= 0) return 0
    if (chance > 0.5) return trials - successes(trials, 1 - chance)
    // Jumps from success to success: their distances are geometric.
    const log = Math.log1p(-chance)
    for (let count = 0, at = 0; ; count++) {
      at += Math.floor(Math.log(1 - next()) / log) + 1
      if (at > trials) return count
    }
  }
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
  return { next, successes, normal }
}

function hash(text: string): number {
  let value = 0x811c_9dc5
  for (const character of text) value = Math.imul(value ^ character.charCodeAt(0), 0x0100_0193)
  return value
}
